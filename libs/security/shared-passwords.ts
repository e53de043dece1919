import type { Sql } from '#libs/persistence/database.js';

import { bringingOf, mayComeWith, type Bringing } from './password-state.js';

/** A charger that still signs in with what others may have, too, and how its last change of it came to nothing. */
export interface SharedPassword {
  readonly chargerId: string;
  /** Of the change. */
  readonly passwordId: string;
  readonly ended: Bringing;
}

/** Chargers whose password is an enrolment window's code and that have refused another, or were never reached with it. */
export async function keptSharedPasswords(sql: Sql): Promise<SharedPassword[]> {
  const rows = await sql
    .selectFrom('charger')
    .innerJoin('charger_password as given', 'given.charger_id', 'charger.id')
    .innerJoin('charger_command as command', 'command.id', 'given.command_id')
    .distinctOn('charger.id')
    .select(['charger.id as chargerId', 'given.id as passwordId', 'command.state', 'command.result', 'command.sends'])
    .where('charger.password_is_shared', '=', true)
    .where('given.closed_at', 'is', null)
    .orderBy('charger.id')
    .orderBy('given.id', 'desc')
    .execute();
  return rows.flatMap(({ chargerId, passwordId, ...command }) => {
    const ended = bringingOf(command);
    return ended === null || mayComeWith(ended) ? [] : [{ chargerId, passwordId, ended }];
  });
}
