import type { Sql } from '#libs/persistence/database.js';

import { ownedChargers } from './owned-chargers.js';
import { chargerTimelines, monthTariff } from './rate-month.js';
import type { Slot } from './timeline.js';

/** A stored line with the month it is of. */
export interface StoredLine {
  readonly id: string;
  readonly cycleId: string;
  readonly installationId: string;
  readonly timeZone: string;
  readonly startsAt: Date;
  readonly endsAt: Date;
  /** Readings up to this id were there when the month was rated; null: not recorded. */
  readonly ratedUpToReadingId: number | null;
  /** What the month was rated from is what was there before this instant; null: not recorded. */
  readonly inputsAsOf: Date | null;
  readonly chargerId: string;
  readonly customerId: string | null;
  readonly spotId: string | null;
  readonly season: string;
  readonly dayType: string;
  readonly band: string;
  readonly label: string;
  readonly interval: string;
  readonly direction: string;
  readonly calendarId: string;
  readonly microsPerKWh: number;
  readonly isAveragePrice: boolean;
  readonly wh: number;
  readonly estimatedWh: number;
  readonly cents: number;
}

/** The boundaries of a line's charger in its month, and which pieces between them the line is made of. */
export interface LineTimeline {
  readonly cuts: Float64Array;
  readonly belongs: (piece: number) => boolean;
}

export async function storedLine(sql: Sql, lineId: string): Promise<StoredLine | null> {
  const row = await sql
    .selectFrom('rated_line as l')
    .innerJoin('billing_cycle as c', 'c.id', 'l.cycle_id')
    .innerJoin('installation as i', 'i.id', 'c.installation_id')
    .selectAll('l')
    .select([
      'c.installation_id',
      'c.starts_at',
      'c.ends_at',
      'c.rated_up_to_reading_id',
      'c.inputs_as_of',
      'i.time_zone',
    ])
    .where('l.id', '=', lineId)
    .executeTakeFirst();
  if (row === undefined) return null;
  return {
    id: row.id,
    cycleId: row.cycle_id,
    installationId: row.installation_id,
    timeZone: row.time_zone,
    startsAt: row.starts_at,
    endsAt: row.ends_at,
    ratedUpToReadingId: row.rated_up_to_reading_id,
    inputsAsOf: row.inputs_as_of,
    chargerId: row.charger_id,
    customerId: row.customer_id,
    spotId: row.spot_id,
    season: row.season,
    dayType: row.day_type,
    band: row.band,
    label: row.label,
    interval: row.interval,
    direction: row.direction,
    calendarId: row.calendar_id,
    microsPerKWh: row.micros_per_kwh,
    isAveragePrice: row.is_average_price,
    wh: row.wh,
    estimatedWh: row.estimated_wh,
    cents: row.cents,
  };
}

/**
 * The timelines on which the line was rated, by the customer whose card started the transaction, made again from tariff
 * and registry as they are now. Where those were changed since, pieces are missing or more, and the explanation says by
 * how much it differs.
 */
export async function lineTimelines(sql: Sql, line: StoredLine): Promise<(payer: string | null) => LineTimeline> {
  const tariff = await monthTariff(sql, line);
  const chargers = await ownedChargers(sql, line.installationId, line.startsAt, line.endsAt);
  const nobodys = { installationId: '', placements: [], occupancies: [] };
  const timelines = chargerTimelines(tariff, chargers.get(line.chargerId) ?? nobodys, line);
  return (payer) => {
    const { cuts, importSlot, exportSlot } = timelines.forPayer(payer);
    const slotOf = line.direction === 'export' ? exportSlot : importSlot;
    const own = new Set(timelines.slots.flatMap((slot, index) => (isSlotOf(line, slot) ? [index] : [])));
    return { cuts, belongs: (piece) => own.has(slotOf[piece] ?? -1) };
  };
}

function isSlotOf(line: StoredLine, slot: Slot): boolean {
  return (
    slot.season === line.season &&
    slot.dayType === line.dayType &&
    slot.band === line.band &&
    slot.interval === line.interval &&
    slot.direction === line.direction &&
    slot.calendarId === line.calendarId &&
    slot.owner.customerId === line.customerId &&
    slot.owner.spotId === line.spotId &&
    (line.isAveragePrice ? slot.indexedBy !== null : slot.microsPerKWh === line.microsPerKWh)
  );
}
