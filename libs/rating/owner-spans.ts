import type { Owner, OwnerSpan } from './timeline.js';

/** A charger at a spot, half-open; until null: still there. */
export interface PlacementSpan {
  readonly spotId: string;
  /** The installation the spot belongs to. */
  readonly installationId: string;
  /** `occupant` of the spot answers, or `token`: the customer whose card started the session. */
  readonly sharing: string;
  readonly from: Date;
  readonly until: Date | null;
}

/** A customer who answers for a spot, half-open; until null: still does. */
export interface OccupancySpan {
  readonly spotId: string;
  readonly customerId: string;
  readonly from: Date;
  readonly until: Date | null;
}

export interface OwnedCharger {
  /** The installation the charger is registered at: it has the energy of a time without a spot. */
  readonly installationId: string;
  readonly placements: readonly PlacementSpan[];
  readonly occupancies: readonly OccupancySpan[];
}

function holds(span: { from: Date; until: Date | null }, atMs: number): boolean {
  return span.from.getTime() <= atMs && (span.until === null || atMs < span.until.getTime());
}

/** Of several occupancies of a spot at once the one that began last answers: a tenant who moved in after the owner. */
function occupantAt(occupancies: readonly OccupancySpan[], spotId: string, atMs: number): string | null {
  let best: OccupancySpan | null = null;
  for (const occupancy of occupancies) {
    if (occupancy.spotId !== spotId || !holds(occupancy, atMs)) continue;
    const later = best === null ? 1 : occupancy.from.getTime() - best.from.getTime();
    if (best === null || later > 0 || (later === 0 && occupancy.customerId < best.customerId)) best = occupancy;
  }
  return best?.customerId ?? null;
}

function ownerAt(charger: OwnedCharger, installationId: string, payer: string | null, atMs: number): Owner | null {
  const placement = charger.placements.find((candidate) => holds(candidate, atMs));
  if (placement === undefined) {
    return charger.installationId === installationId ? { customerId: null, spotId: null } : null;
  }
  if (placement.installationId !== installationId) return null;
  const isShared = placement.sharing === 'token';
  return {
    customerId: isShared ? payer : occupantAt(charger.occupancies, placement.spotId, atMs),
    spotId: placement.spotId,
  };
}

function isSame(a: Owner | null, b: Owner | null): boolean {
  return a?.customerId === b?.customerId && a?.spotId === b?.spotId && (a === null) === (b === null);
}

/** Whether it depends on the card who answers for some of the charger's energy. */
export function isSharedCharger(charger: OwnedCharger): boolean {
  return charger.placements.some((placement) => placement.sharing === 'token');
}

/** For which installation and time, and with whose card (null: unknown, or no transaction). */
export interface OwnerQuestion {
  readonly installationId: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly payer: string | null;
}

/**
 * Who answers for a charger's energy in [startMs, endMs), for one installation: placement × occupancy, at a shared spot
 * the payer. The spans tile the time; neighbours with one owner are one span, so that a contract merely renewed is no
 * boundary.
 */
export function ownerSpans(charger: OwnedCharger, question: OwnerQuestion): OwnerSpan[] {
  const { installationId, startMs, endMs, payer } = question;
  const changes = new Set([startMs]);
  for (const { from, until } of [...charger.placements, ...charger.occupancies]) {
    for (const at of [from.getTime(), until?.getTime() ?? endMs]) if (at > startMs && at < endMs) changes.add(at);
  }
  const spans: OwnerSpan[] = [];
  const starts = [...changes].sort((a, b) => a - b);
  for (const [index, start] of starts.entries()) {
    const end = starts[index + 1] ?? endMs;
    const owner = ownerAt(charger, installationId, payer, start);
    const last = spans.at(-1);
    if (last !== undefined && isSame(last.owner, owner)) spans[spans.length - 1] = { ...last, endMs: end };
    else spans.push({ startMs: start, endMs: end, owner });
  }
  return spans;
}
