import { dayStart } from '#libs/registry/period.js';
import type { Band, Direction } from '#libs/tariff/bands.js';
import { contractOn, priceOn, type Contract, type Tariff } from '#libs/tariff/tariff.js';
import { openTimetable, type BandInterval, type DayTable } from '#libs/tariff/timetable.js';

/** Who answers for a charger's energy; null where nobody does. */
export interface Owner {
  readonly customerId: string | null;
  readonly spotId: string | null;
}

/** An owner's time, half-open in milliseconds. `owner` null: another installation's, not counted here at all. */
export interface OwnerSpan {
  readonly startMs: number;
  readonly endMs: number;
  readonly owner: Owner | null;
}

/** All that one printed line has in common. `microsPerKWh` null: the tariff has no price; in use, that is an error. */
export interface Slot {
  readonly season: string;
  readonly dayType: string;
  readonly band: Band | '*';
  readonly label: string;
  readonly interval: string;
  readonly direction: Direction;
  readonly microsPerKWh: number | null;
  readonly calendarId: string;
  readonly owner: Owner;
  /** The first local day the slot is used on. */
  readonly date: string;
}

/** A stretch of time in which nothing changes: band, local day, price, owner. */
interface Piece {
  readonly startMs: number;
  readonly date: string;
  readonly contract: Contract | null;
  readonly table: DayTable | null;
  readonly interval: BandInterval | null;
}

/** The period, cut at every boundary. Piece i is [cuts[i], cuts[i + 1]). */
export interface Timeline {
  readonly cuts: Float64Array;
  readonly slots: readonly Slot[];
  /** The slot of each piece, or -1 where the energy is another installation's. */
  readonly importSlot: Int32Array;
  readonly exportSlot: Int32Array;
}

const NOBODY: Owner = { customerId: null, spotId: null };
const DAY_MINUTES = 1440;

/** The tariff's pieces of a span of local days, before owners are looked at; shared by all chargers of a site. */
export interface TariffPieces {
  readonly startMs: number;
  readonly endMs: number;
  readonly pieces: readonly Piece[];
}

/**
 * Cuts the local days [from, to], both inclusive, at every local midnight and band boundary. Within a day the wall
 * clock decides: an hour that is missing has no piece, an hour that comes twice has its bands twice.
 */
export function cutByTariff(tariff: Tariff, from: string, to: string): TariffPieces {
  const timetables = new Map(tariff.contracts.map((contract) => [contract, openTimetable(contract, tariff.timeZone)]));
  const last = Temporal.PlainDate.from(to);
  const pieces: Piece[] = [];
  let day = Temporal.PlainDate.from(from);
  const startMs = dayStart(day, tariff.timeZone).getTime();
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    const date = day.toString();
    const contract = contractOn(tariff, date);
    const table = contract === null ? null : (timetables.get(contract)?.(day) ?? null);
    for (const { startMs, interval } of dayPieces(day, tariff.timeZone, table)) {
      pieces.push({ startMs, date, contract, table, interval });
    }
  }
  return { startMs, endMs: dayStart(day, tariff.timeZone).getTime(), pieces };
}

/** One local day's changes of interval, as instants. */
function dayPieces(
  day: Temporal.PlainDate,
  timeZone: string,
  table: DayTable | null,
): { startMs: number; interval: BandInterval | null }[] {
  const end = dayStart(day.add({ days: 1 }), timeZone).getTime();
  let zoned = day.toZonedDateTime(timeZone);
  if (table === null) return [{ startMs: zoned.epochMilliseconds, interval: null }];
  const pieces: { startMs: number; interval: BandInterval | null }[] = [];
  while (zoned.epochMilliseconds < end) {
    const change = zoned.getTimeZoneTransition('next');
    const until = change === null ? end : Math.min(change.epochMilliseconds, end);
    for (const piece of steadyPieces(zoned, until, table)) {
      if (pieces.at(-1)?.interval !== piece.interval) pieces.push(piece);
    }
    if (change === null || change.epochMilliseconds >= end) break;
    zoned = change;
  }
  return pieces;
}

/** Changes of interval from an instant on, while the clock is not changed. */
function steadyPieces(zoned: Temporal.ZonedDateTime, until: number, table: DayTable) {
  const startMs = zoned.epochMilliseconds;
  const sinceMidnight = zoned.toPlainTime().since('00:00').total('milliseconds');
  const pieces: { startMs: number; interval: BandInterval }[] = [];
  // A zone whose clock goes back over midnight shows the evening again: at most two rounds of the table.
  for (const round of [0, DAY_MINUTES]) {
    for (const interval of table.intervals) {
      const from = startMs + (interval.startMinute + round) * 60_000 - sinceMidnight;
      const to = startMs + (interval.endMinute + round) * 60_000 - sinceMidnight;
      if (to > startMs && from < until) pieces.push({ startMs: Math.max(from, startMs), interval });
    }
  }
  return pieces;
}

/** Cuts the tariff's pieces further at every change of owner and gives each piece its slot. */
export function timelineOf(base: TariffPieces, owners: readonly OwnerSpan[] | null = null): Timeline {
  const spans = owners ?? [{ startMs: base.startMs, endMs: base.endMs, owner: NOBODY }];
  const slots = new SlotList();
  const cuts: number[] = [];
  const importSlot: number[] = [];
  const exportSlot: number[] = [];
  for (const [index, piece] of base.pieces.entries()) {
    const pieceEnd = base.pieces[index + 1]?.startMs ?? base.endMs;
    for (const span of spans) {
      const startMs = Math.max(piece.startMs, span.startMs);
      if (startMs >= Math.min(pieceEnd, span.endMs)) continue;
      cuts.push(startMs);
      importSlot.push(span.owner === null ? -1 : slots.numberOf(piece, span.owner, 'import'));
      exportSlot.push(span.owner === null ? -1 : slots.numberOf(piece, span.owner, 'export'));
    }
  }
  cuts.push(base.endMs);
  return {
    cuts: Float64Array.from(cuts),
    slots: slots.list,
    importSlot: Int32Array.from(importSlot),
    exportSlot: Int32Array.from(exportSlot),
  };
}

/** Slots in order of first mention; pieces that print on the same line share one. */
class SlotList {
  readonly list: Slot[] = [];
  readonly #byKey = new Map<string, number>();

  numberOf(piece: Piece, owner: Owner, direction: Direction): number {
    const { contract, table, interval, date } = piece;
    const band = interval?.band ?? '*';
    const microsPerKWh =
      contract === null || interval === null ? null : priceOn(contract, interval.band, direction, date);
    const slot: Slot = {
      season: table?.season ?? '',
      dayType: table?.dayType ?? '',
      band,
      label: interval?.label ?? '',
      interval: interval?.interval ?? '',
      direction,
      microsPerKWh,
      calendarId: contract?.calendarId ?? '',
      owner,
      date,
    };
    const {
      date: _,
      owner: { customerId, spotId },
      ...printed
    } = slot;
    // Without a price each day is apart, so that the error can name the first day the band is in use.
    const key = JSON.stringify([printed, customerId, spotId, microsPerKWh === null ? date : null]);
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    this.#byKey.set(key, this.list.length);
    this.list.push(slot);
    return this.list.length - 1;
  }
}
