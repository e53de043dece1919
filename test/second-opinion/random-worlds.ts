import fc from 'fast-check';

import { ownersOf, type SlowCharger } from './owners.js';
import { contractsFor } from './random-contracts.js';
import { windows, ZONES } from './random-days.js';
import { chargersAround, readingsAround } from './random-readings.js';
import { NOBODY, type World, type WorldReading } from './world.js';

const QUARTER = 15 * 60_000;

export interface RandomWorld {
  readonly world: World;
  /** Null: nobody in particular answers for the energy. */
  readonly chargers: ReadonlyMap<string, SlowCharger> | null;
  readonly readings: readonly WorldReading[];
}

/** A site, its contracts, its people and what its chargers reported over a few days. */
export function randomWorlds({ stepMs = QUARTER, maxDays = 5 } = {}): fc.Arbitrary<RandomWorld> {
  return fc
    .constantFrom(...ZONES)
    .chain((timeZone) => fc.record({ timeZone: fc.constant(timeZone), days: windows(timeZone, maxDays) }))
    .chain(({ timeZone, days: { from, to } }) => {
      return fc
        .record({
          contracts: contractsFor(from),
          chargers: fc.option(chargersAround(from), { freq: 3 }),
          readings: readingsAround(from),
          municipality: fc.constantFrom(null, 'Lisboa', 'Porto'),
        })
        .map(({ contracts, chargers, readings, municipality }) => ({
          world: {
            timeZone,
            country: 'PT',
            municipality,
            from,
            to,
            contracts,
            owners: chargers === null ? NOBODY : ownersOf(chargers),
            stepMs,
          },
          chargers,
          readings,
        }));
    });
}
