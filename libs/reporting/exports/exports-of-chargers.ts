import { sql as fragment, type RawBuilder } from 'kysely';

import { toldRanges, trueAt } from '#libs/metering/clock/true-instants.js';
import { disregardedReadings } from '#libs/metering/correct-reading.js';
import { EARLIEST } from '#libs/metering/decide-instant.js';

import { iso, isWithin, outerBounds, type ExportRow, type ExportSpan } from './export-span.js';

/** A list that is written charger by charger: no index leads over the times of all of them. */
export interface ChargerExport {
  readonly columns: readonly string[];
  pageOf(chargerId: string, span: ExportSpan, after: string | null, limit: number): RawBuilder<ExportRow>;
}

/** Whether a charger's clock can have said so when it told: not years back, nor ahead of ours by more than a day. */
const plausible = (column: string): RawBuilder<boolean> =>
  fragment`(${fragment.ref(column)} >= ${EARLIEST} and ${fragment.ref(column)} <= told.received_at + interval '1 day')`;

/**
 * Energy: between the registers at start and stop; where there are not both, or the stop is below, what the readings
 * rose. A transaction that began at an impossible time is found by its end, too, or by the day it was told. Times are
 * those the charger gave. By charger, then in the order in which they came.
 */
export const transactions: ChargerExport = {
  columns: [
    'chargerId',
    'connectorId',
    'transactionId',
    'idTag',
    'startedAt',
    'stoppedAt',
    'meterStartWh',
    'meterStopWh',
    'energyWh',
    'readings',
    'flags',
  ],
  pageOf: (chargerId, span, after, limit) => fragment`
    with t as materialized (
      select one.*, i.time_zone, c.label from charging_transaction one
        join charger c on c.id = one.charger_id join installation i on i.id = c.installation_id
        left join ocpp_message told on told.id = coalesce(one.start_message_id, one.stop_message_id)
        cross join lateral (
          select case
            when ${plausible('one.started_at')} then one.started_at
            when ${plausible('one.stopped_at')} then one.stopped_at
            else told.received_at end as at) sound
      where one.charger_id = ${chargerId}
        and ((one.started_at >= ${outerBounds(span).from} and one.started_at < ${outerBounds(span).until}
            and ${isWithin('one.started_at', span)})
          or (one.flags && array['implausible-time', 'reading-after-stop'] and 'implausible-time' = any(one.flags)
            and ${isWithin('sound.at', span)})))
    select t.id::text as key, t.label as "chargerId", t.connector_id as "connectorId", t.id as "transactionId",
      t.id_tag as "idTag", ${iso('t.started_at')} as "startedAt", ${iso('t.stopped_at')} as "stoppedAt",
      t.meter_start_wh as "meterStartWh", t.meter_stop_wh as "meterStopWh",
      case when t.meter_stop_wh >= t.meter_start_wh then t.meter_stop_wh - t.meter_start_wh
        else coalesce(r.risen_wh, 0) end as "energyWh",
      r.readings, array_to_string(t.flags, ';') as flags
    from (select * from t where id > ${Number(after ?? 0)} order by id limit ${limit}) t
      cross join lateral (
        select count(*)::int as readings, sum(greatest(wh - former_wh, 0))::bigint as risen_wh
        from (
          select m.import_wh as wh, lag(m.import_wh) over (order by ${TRULY}, m.id) as former_wh
          from meter_reading m where m.transaction_id = t.id
            and m.id <> all (${disregardedReadings(fragment`t.charger_id`)})) m) r
    order by t.id`,
};

const TRULY = trueAt({ charger: fragment`m.charger_id`, told: fragment`m.at`, reading: fragment`m.id` });

/**
 * What the charger told (`timestamp`), and when that truly was, by which it is rated: another where the charger's clock was
 * off. The span is one of true days. By charger, then in order of told times and of arrival.
 */
export const readings: ChargerExport = {
  columns: ['chargerId', 'connectorId', 'transactionId', 'timestamp', 'registerWh', 'exportWh', 'trueTimestamp'],
  pageOf: (chargerId, span, after, limit) => {
    const [at, id] = after === null ? ['-infinity', '0'] : after.split('/');
    const { from, until } = outerBounds(span);
    return fragment`
      select m.at::text || '/' || m.id as key, c.label as "chargerId", m.connector_id as "connectorId",
        m.transaction_id as "transactionId", ${iso('m.at')} as timestamp, m.import_wh as "registerWh",
        m.export_wh as "exportWh", ${iso('truly.at')} as "trueTimestamp"
      from charger c join installation i on i.id = c.installation_id
        cross join lateral unnest(${toldRanges(fragment`c.id`, from, until)}) given
        join meter_reading m on m.charger_id = c.id and m.at >= lower(given) and m.at < upper(given)
        cross join lateral (select ${TRULY} as at offset 0) truly
      where c.id = ${chargerId} and m.at >= ${at}::timestamptz and (m.at, m.id) > (${at}::timestamptz, ${id}::bigint)
        and ${isWithin('truly.at', span)}
      order by m.at, m.id limit ${limit}`;
  },
};
