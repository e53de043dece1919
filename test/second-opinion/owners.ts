import type { Owners } from './world.js';

/** A time, half-open, milliseconds. */
interface Held {
  readonly fromMs: number;
  readonly untilMs: number;
}

export interface SlowPlacement extends Held {
  readonly spotId: string;
  readonly isOwnSite: boolean;
  readonly isShared: boolean;
}

export interface SlowOccupancy extends Held {
  readonly spotId: string;
  readonly customerId: string;
}

export interface SlowCharger {
  /** Registered at the site: without a spot its energy is the site's own. */
  readonly isOfSite: boolean;
  readonly placements: readonly SlowPlacement[];
  readonly occupancies: readonly SlowOccupancy[];
}

const isHeld = ({ fromMs, untilMs }: Held, atMs: number) => fromMs <= atMs && atMs < untilMs;

/** Who answers when: the card at a shared spot, else whoever took the spot last. */
export function ownersOf(chargers: ReadonlyMap<string, SlowCharger>): Owners {
  const changesMs = [...chargers.values()].flatMap(({ placements, occupancies }) =>
    [...placements, ...occupancies].flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]),
  );
  return {
    changesMs,
    at(chargerId, payer, atMs) {
      const charger = chargers.get(chargerId);
      if (charger === undefined) return { customerId: null, spotId: null };
      const placement = charger.placements.find((one) => isHeld(one, atMs));
      if (placement === undefined) return charger.isOfSite ? { customerId: null, spotId: null } : null;
      const { spotId } = placement;
      if (!placement.isOwnSite) return null;
      if (placement.isShared) return { customerId: payer, spotId };
      const [last] = charger.occupancies
        .filter((one) => one.spotId === spotId && isHeld(one, atMs))
        .sort((a, b) => b.fromMs - a.fromMs || (a.customerId < b.customerId ? -1 : 1));
      return { customerId: last?.customerId ?? null, spotId };
    },
  };
}
