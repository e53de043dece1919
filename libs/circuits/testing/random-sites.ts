import fc from 'fast-check';

import type { Car, CarState, CircuitLimit } from '../allocate-types.js';
import { ROTATIONS, type Conductor } from '../rotation.js';

/** A tree of up to seven circuits with limits down to less than nothing, and up to twelve connectors in any state. */
export function site(): fc.Arbitrary<{ circuits: readonly CircuitLimit[]; cars: readonly Car[] }> {
  return fc
    .array(circuit(), { minLength: 1, maxLength: 7 })
    .map((drafts) => drafts.map(({ under, limitDeciA }, index) => treeNode(index, under, limitDeciA)))
    .chain((circuits) =>
      fc
        .array(car(circuits.length), { maxLength: 12 })
        .map((cars) => ({ circuits, cars: cars.map((one, index) => ({ ...one, connector: `x${index}` })) })),
    );
}

/** Every car in the circuit or in one below it. */
export function carsIn(circuits: readonly CircuitLimit[], cars: readonly Car[], circuitId: string): readonly Car[] {
  const above = (id: string): string[] => {
    const parentId = circuits.find((one) => one.id === id)?.parentId ?? null;
    return parentId === null ? [id] : [id, ...above(parentId)];
  };
  return cars.filter((one) => above(one.circuitId).includes(circuitId));
}

function circuit() {
  const limit = fc.oneof(fc.integer({ min: -50, max: 200 }), fc.integer({ min: 60, max: 640 }));
  return fc.record({ under: fc.nat(6), limitDeciA: fc.tuple(limit, limit, limit) });
}

function treeNode(index: number, under: number, limitDeciA: readonly [number, number, number]): CircuitLimit {
  return { id: `c${index}`, parentId: index === 0 ? null : `c${under % index}`, limitDeciA };
}

const conductors = fc.constantFrom<readonly Conductor[]>([0], [0, 1], [0, 1, 2]);

const facts = {
  rotation: fc.constantFrom(...ROTATIONS),
  uses: fc.option(conductors),
  connectorMaxDeciA: fc.constantFrom(50, 160, 200, 320),
  cableMaxDeciA: fc.option(fc.constantFrom(50, 130, 200, 320)),
  state: fc.constantFrom<CarState>('idle', 'wants', 'charging', 'charging', 'suspended-by-ev'),
  takesDeciA: fc.option(fc.integer({ min: 0, max: 320 })),
  underDeciA: fc.integer({ min: 60, max: 320 }),
  nowDeciA: fc.oneof(fc.constant(0), fc.integer({ min: 60, max: 320 })),
  follows: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.integer({ min: 0, max: 320 })),
  reservedDeciA: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(60, 100)),
  isFixed: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.constant(true)),
  priority: fc.integer({ min: 0, max: 2 }),
  guaranteedDeciA: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.constantFrom(60, 100, 160)),
  chargedMs: fc.integer({ min: 0, max: 2_000_000 }),
  waitedMs: fc.integer({ min: 0, max: 5_000_000 }),
};

function car(circuits: number): fc.Arbitrary<Car> {
  const circuitId = fc.nat(circuits - 1).map((index) => `c${index}`);
  return fc.record({ circuitId, ...facts }).map(carOf);
}

function carOf({ follows, ...known }: Omit<Car, 'connector' | 'mayFollowDeciA'> & { readonly follows: number }): Car {
  return { ...known, connector: '', mayFollowDeciA: Math.max(known.nowDeciA, follows) };
}
