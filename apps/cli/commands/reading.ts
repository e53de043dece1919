import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import {
  disregardReading,
  restoreReading,
  type CorrectedReading,
  type CorrectionRefusal,
} from '#libs/metering/correct-reading.js';
import type { Sql } from '#libs/persistence/database.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

interface DisregardFlags {
  readonly reason: string;
  readonly restore?: boolean;
  readonly json?: boolean;
}

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

const REFUSALS: Readonly<Record<CorrectionRefusal['code'], string>> = {
  'READING.NOT_FOUND': 'There is no such reading: its id is in the explanation of a line, and in an archive',
  'READING.NO_REASON': 'Say why with --reason',
};

async function correct(sql: Sql, readingId: number, { reason, restore }: DisregardFlags): Promise<CorrectedReading> {
  const kind = restore === true ? 'restore' : 'disregard';
  const say = { disregard: disregardReading, restore: restoreReading }[kind];
  return await sql.transaction().execute(async (trx) => {
    const corrected = await say(trx, { readingId, reason, by: BY });
    if ('refused' in corrected) refuse(REFUSALS[corrected.refused.code]);
    const { before, after } = corrected.ok;
    if (before === after) return corrected.ok;
    const { installation_id: installationId } = await trx
      .selectFrom('meter_reading as r')
      .innerJoin('charger as c', 'c.id', 'r.charger_id')
      .select('c.installation_id')
      .where('r.id', '=', readingId)
      .executeTakeFirstOrThrow();
    const event = { actor: BY, action: `reading.${kind}`, subject: `reading/${readingId}` };
    await recordAudit(trx, { ...event, installationId, before, after });
    return corrected.ok;
  });
}

function textOf(readingId: number, { before, after }: CorrectedReading): string {
  const counts = after?.kind !== 'disregard';
  const said = `Reading ${readingId} ${counts ? 'counts' : 'is disregarded'}`;
  if (before === after) return `${said}, as before.`;
  return (
    `${said} from now on. A month that is not billed has to be calculated again; of a billed one the difference ` +
    "appears in the next month's check (chazemo differences)."
  );
}

async function disregard(id: string, flags: DisregardFlags): Promise<void> {
  const readingId = Number(id);
  if (!/^\d+$/.test(id) || !Number.isSafeInteger(readingId)) refuse(`"${id}" is no reading's id`);
  const corrected = await withDatabase(({ sql }) => correct(sql, readingId, flags));
  const text = flags.json === true ? JSON.stringify({ readingId, ...corrected }) : textOf(readingId, corrected);
  process.stdout.write(`${text}\n`);
}

/** `chazemo reading disregard`: leaves a wrong reading out of rating; the reading itself stays. */
export function readingCommand(): Command {
  const command = new Command('disregard')
    .description('leave a wrong meter reading out of rating, or take that back')
    .argument('<id>', 'the reading')
    .requiredOption('--reason <text>', 'why; kept with the correction')
    .option('--restore', 'count the reading again')
    .option('--json', 'print one JSON object')
    .action(refusing(disregard));
  return new Command('reading').description('corrections of meter readings').addCommand(command);
}
