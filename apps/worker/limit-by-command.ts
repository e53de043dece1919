import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { CIRCUITS_ASK, endEarlierOrders, isSharing } from '#libs/circuits/share-circuits.js';
import { askCharger } from '#libs/commands/ask-charger.js';
import { commandById, type ShownCommand } from '#libs/commands/command-history.js';
import { endWaiting } from '#libs/commands/command-state.js';
import type { ChargingProfile } from '#libs/ocpp/command-parts.js';
import type { Command } from '#libs/ocpp/commands.js';
import type { Sql } from '#libs/persistence/database.js';
import { lockUntilEnd } from '#libs/persistence/lock-until-end.js';

import type { LimitSender, LimitToSend, SendResult } from './circuit-driver.js';

/** What has not left by then is no longer what was decided. */
const EXPIRES_MS = 15_000;
const LOOK_MS = 150;
/** A schedule that began long ago holds also where the charger's clock or time zone is wrong. */
const BEGAN_MS = 24 * 60 * 60_000;
/** One profile for each connector and purpose: the next takes the place of the one before. */
const STACK_LEVEL = 0;
const PROFILES_PER_CONNECTOR = 2;
const DECI = 10;

export interface LimitByCommandOptions {
  readonly sql: Sql;
  /** Ends the waiting for answers: what is under way then is unknown. */
  readonly signal: AbortSignal;
  readonly now?: () => Date;
}

/**
 * Sends limits as charging profiles, by commands that are not to wait for a charger that is away. An order never passes
 * an earlier one of its connector, whoever gave that: while one is on its way the next does not leave (`absent`).
 */
export class LimitByCommand implements LimitSender {
  private readonly now: () => Date;

  constructor(private readonly options: LimitByCommandOptions) {
    this.now = options.now ?? (() => new Date());
  }

  async sendLimit(limit: LimitToSend): Promise<SendResult> {
    const { sql, signal } = this.options;
    const asked = await sql.transaction().execute((trx) => this.ask(trx, limit));
    if (asked === null) return 'absent';
    while (!signal.aborted) {
      const command = await commandById(sql, asked);
      if (command === null) throw new Error(`the command ${asked} is gone`);
      if (command.endedAt !== null) return resultOf(command);
      if (command.state === 'waiting' && command.expiresAt <= this.now()) {
        await endWaiting(sql, asked, 'expired', this.now()); // also while nobody carries commands
        continue;
      }
      await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
    }
    return 'unknown';
  }

  /** The id of the command; null when the current is shared no longer, or an earlier one of the connector may be at the charger this moment. */
  private async ask(trx: Sql, limit: LimitToSend): Promise<string | null> {
    const { chargerId, connectorId } = limit;
    const now = this.now();
    await lockUntilEnd(trx, `limit/${chargerId}/${connectorId}`);
    if (!(await isSharing(trx, chargerId)) || !(await endEarlierOrders(trx, limit, now))) return null;
    const asked = await askCharger(trx, {
      chargerId,
      command: commandOf(limit, await transactionNamed(trx, limit.transactionId), now),
      by: CIRCUITS_ASK,
      key: `${CIRCUITS_ASK}/${randomUUID()}`,
      now,
      whenAbsent: 'refuse',
      expiresAt: new Date(now.getTime() + EXPIRES_MS),
    });
    return 'refused' in asked ? null : asked.ok.id;
  }
}

/** As its charger names it: by our number, or in 2.x by its own word. */
async function transactionNamed(sql: Sql, id: number | null): Promise<number | string | null> {
  if (id === null) return null;
  const row = await sql
    .selectFrom('charging_transaction')
    .select('charger_ref')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return row.charger_ref ?? id;
}

function commandOf({ connectorId, purpose, limitDeciA }: LimitToSend, of: number | string | null, now: Date): Command {
  const isSession = purpose === 'session';
  if (isSession !== (of !== null)) throw new Error(`a ${purpose} limit of ${connectorId} with transaction ${of}`);
  const profile: ChargingProfile = {
    id: connectorId * PROFILES_PER_CONNECTOR + (isSession ? 1 : 0),
    stackLevel: STACK_LEVEL,
    purpose: isSession ? 'tx' : 'tx-default',
    kind: 'absolute',
    ...(of === null ? {} : { transaction: of }),
    schedule: {
      unit: 'A',
      startAt: new Date(now.getTime() - BEGAN_MS).toISOString(),
      periods: [{ startS: 0, limit: limitDeciA / DECI }],
    },
  };
  return { kind: 'set-charging-profile', connectorId, profile };
}

/**
 * What an ended command says of the limit. Only what never left is surely not followed; a charger that refuses what it
 * was sent twice may have taken it the first time.
 */
export function resultOf({ state, result, sends }: Pick<ShownCommand, 'state' | 'result' | 'sends'>): SendResult {
  if (state === 'answered' && result?.status === 'accepted') return 'confirmed';
  if (state === 'answered') return sends === 1 ? 'refused' : 'unknown';
  if (sends > 0 || state === 'failed' || state === 'timed-out') return 'unknown';
  return state === 'expired' || result?.status === 'absent' ? 'absent' : 'refused';
}
