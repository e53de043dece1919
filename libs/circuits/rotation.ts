import type { Phase } from './current.js';

/**
 * How a charger's own L1, L2, L3 are wired to the supply's R, S, T (OCPP ConnectorPhaseRotation); one letter for a
 * charger on one phase. `unknown`: nobody has looked yet.
 */
export const ROTATIONS = ['RST', 'RTS', 'SRT', 'STR', 'TRS', 'TSR', 'R', 'S', 'T', 'unknown'] as const;
export type Rotation = (typeof ROTATIONS)[number];

/** A charger's own conductors, as it numbers them in its readings: 0 is its L1. */
export type Conductor = Phase;

const SUPPLY: Readonly<Record<string, Phase>> = { R: 0, S: 1, T: 2 };

const EVERY: readonly Phase[] = [0, 1, 2];

/** The supply's phases behind the charger's L1, L2, L3; null where that is not known. */
function wiring(rotation: Rotation): readonly Phase[] | null {
  return rotation === 'unknown' ? null : [...rotation].map((letter) => SUPPLY[letter] ?? 0);
}

/** The phases of the supply a charger can load at all. Not known: all of them. */
export function wiredPhases(rotation: Rotation): readonly Phase[] {
  const wired = wiring(rotation);
  return wired === null ? EVERY : [...wired].sort();
}

/**
 * The phases of the supply that a car loads which uses these conductors of its charger. What is not known counts with all
 * phases it may be on: too much on paper is safe, too little is not.
 */
export function loadedPhases(rotation: Rotation, uses: readonly Conductor[] | null): readonly Phase[] {
  const wired = wiring(rotation);
  if (wired === null) return EVERY;
  if (uses === null || wired.length === 1) return wiredPhases(rotation);
  const loaded = new Set(uses.flatMap((conductor) => wired[conductor] ?? []));
  return loaded.size === 0 ? wiredPhases(rotation) : [...loaded].sort();
}
