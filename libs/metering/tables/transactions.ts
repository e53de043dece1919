import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';
import { instantOf, localTime, optionalText, orElse, requiredText } from '#libs/registry/tabular/cells.js';
import { changeOf, problemAt, type ImportOptions, type RowResult, type Table } from '#libs/registry/tabular/table.js';

import { IMPORTED } from '../decide-start.js';

/** An instant with its zone, as exports write it, or a local time of the installation. */
const time = z.union([z.iso.datetime({ offset: true }), localTime], {
  error: 'expected a time as yyyy-mm-ddThh:mm, with or without Z or an offset',
});
const wholeNumber = (what: string) =>
  z
    .string()
    .refine((text) => /^\d{1,15}$/.test(text), { error: (issue) => `expected ${what}, got "${String(issue.input)}"` })
    .transform(Number);

const schema = z
  .object({
    chargerId: requiredText,
    connectorId: wholeNumber('a connector number'),
    transactionId: requiredText,
    idTag: optionalText,
    startedAt: time,
    stoppedAt: orElse(time, null),
    meterStartWh: wholeNumber('a register in whole Wh'),
    meterStopWh: orElse(wholeNumber('a register in whole Wh'), null),
  })
  .refine((row) => (row.stoppedAt === null) === (row.meterStopWh === null), {
    path: ['meterStopWh'],
    error: 'a transaction that stopped has both stoppedAt and meterStopWh',
  })
  .refine((row) => row.meterStopWh === null || row.meterStopWh >= row.meterStartWh, {
    path: ['meterStopWh'],
    error: 'is below meterStartWh',
  });
type Row = z.infer<typeof schema>;

/** What is stored of a row: registers at two instants. */
interface Imported {
  readonly chargerId: string;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  readonly startKey: string;
}

function instant(text: string, timeZone: string): Date {
  return /Z$|[+-]\d\d:?\d\d$/.test(text.slice(10)) ? new Date(text) : instantOf(text, timeZone);
}

/** The transaction as it is known already: from an earlier import, or because the charger itself told it. */
async function findKnown(trx: Sql, row: Row, { chargerId, startedAt, startKey }: Imported) {
  return await trx
    .selectFrom('charging_transaction')
    .select(['id', 'started_at', 'stopped_at', 'meter_start_wh', 'meter_stop_wh'])
    .where((where) =>
      where.or([
        where('start_key', '=', startKey),
        where.and([
          where('charger_id', '=', chargerId),
          where('connector_id', '=', row.connectorId),
          where('started_at', '=', startedAt),
        ]),
      ]),
    )
    .limit(1)
    .executeTakeFirst();
}

async function store(trx: Sql, row: Row, imported: Imported, now: Date): Promise<void> {
  const { chargerId, startedAt, stoppedAt, startKey } = imported;
  const message = await trx
    .insertInto('ocpp_message')
    .values({
      charger_id: chargerId,
      received_at: now,
      message_id: row.transactionId,
      action: 'Import',
      payload: row,
      answer: {},
      key: startKey,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const transaction = await trx
    .insertInto('charging_transaction')
    .values({
      charger_id: chargerId,
      connector_id: row.connectorId,
      id_tag: row.idTag,
      started_at: startedAt,
      stopped_at: stoppedAt,
      meter_start_wh: row.meterStartWh,
      meter_stop_wh: row.meterStopWh,
      start_message_id: message.id,
      stop_message_id: stoppedAt === null ? null : message.id,
      start_key: startKey,
      last_reading_at: stoppedAt ?? startedAt,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  const reading = { charger_id: chargerId, connector_id: row.connectorId, transaction_id: transaction.id };
  const begin = { at: startedAt, import_wh: row.meterStartWh, context: 'Transaction.Begin' };
  const values = [{ ...reading, ...begin, message_id: message.id }];
  if (stoppedAt !== null && row.meterStopWh !== null) {
    const end = { at: stoppedAt, import_wh: row.meterStopWh, context: 'Transaction.End' };
    values.push({ ...reading, ...end, message_id: message.id });
  }
  await trx.insertInto('meter_reading').values(values).execute();
}

async function apply(trx: Sql, row: Row, number: number, { now }: ImportOptions): Promise<RowResult> {
  const chargerId = row.chargerId.toLowerCase();
  const charger = await trx
    .selectFrom('charger as c')
    .innerJoin('installation as i', 'i.id', 'c.installation_id')
    .select('i.time_zone')
    .where('c.id', '=', chargerId)
    .executeTakeFirst();
  if (charger === undefined) return problemAt(number, 'chargerId', `there is no charger "${row.chargerId}"`);
  const imported: Imported = {
    chargerId,
    startedAt: instant(row.startedAt, charger.time_zone),
    stoppedAt: row.stoppedAt === null ? null : instant(row.stoppedAt, charger.time_zone),
    startKey: `${IMPORTED}${chargerId}/${row.connectorId}/${row.transactionId}`,
  };
  if (imported.stoppedAt !== null && imported.stoppedAt < imported.startedAt) {
    return problemAt(number, 'stoppedAt', 'is before startedAt');
  }
  const what = `transaction ${row.transactionId} of ${row.chargerId}`;
  const known = await findKnown(trx, row, imported);
  if (known === undefined) {
    await store(trx, row, imported, now);
    return changeOf(number, 'create', what);
  }
  const isSame =
    known.started_at.getTime() === imported.startedAt.getTime() &&
    known.stopped_at?.getTime() === imported.stoppedAt?.getTime() &&
    known.meter_start_wh === row.meterStartWh &&
    known.meter_stop_wh === row.meterStopWh;
  if (isSame) return changeOf(number, 'same', what);
  return problemAt(number, 'transactionId', 'is known with other figures: what was metered is never changed');
}

/**
 * Transactions of the past, from another system or a charger's own log, in the columns that the export writes. Each
 * becomes a transaction with a reading at its beginning and at its end; the row itself is kept as the message they came
 * from. A transaction that is known already, with the same figures, is left alone; with others it is refused.
 */
export const transactionsTable: Table<Row> = {
  name: 'transactions',
  columns: [
    { name: 'chargerId', required: true, example: 'ZCS031974' },
    { name: 'connectorId', required: true, example: '1' },
    { name: 'transactionId', required: true, example: '417' },
    { name: 'idTag', required: false, example: '04A2B3C4' },
    { name: 'startedAt', required: true, example: '2026-06-01T19:05:00+01:00' },
    { name: 'stoppedAt', required: false, example: '2026-06-02T01:40:00+01:00' },
    { name: 'meterStartWh', required: true, example: '1204500' },
    { name: 'meterStopWh', required: false, example: '1219730' },
  ],
  schema,
  apply,
};
