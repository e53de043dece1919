import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import { DEFAULT_OPTIONS, type Allocation, type Car, type CircuitLimit } from './allocate-types.js';
import { allocate } from './allocate.js';
import { appetiteOf, isSated } from './appetite.js';
import { FLOOR_DECI_A, PHASES, type Phase } from './current.js';
import { sendableNow } from './plan-steps.js';
import { Room } from './room.js';
import { loadedPhases, ROTATIONS, wiredPhases } from './rotation.js';
import { carsIn, site } from './testing/random-sites.js';
import { slept } from './turns.js';

const RUNS = { numRuns: 2_000 };

const plan = ({ circuits, cars }: { circuits: readonly CircuitLimit[]; cars: readonly Car[] }): Allocation =>
  allocate(circuits, cars, DEFAULT_OPTIONS);

const limitsOf = (allocation: Allocation): ReadonlyMap<string, number> =>
  new Map(allocation.limits.map(({ connector, limitDeciA }) => [connector, limitDeciA]));

/** What a circuit carries on a phase when its cars have these limits, counted apart from the allocator. */
function carried(
  { circuits, cars }: { circuits: readonly CircuitLimit[]; cars: readonly Car[] },
  at: { readonly circuitId: string; readonly phase: Phase },
  limit: (car: Car) => number,
): number {
  return carsIn(circuits, cars, at.circuitId).reduce((sum, car) => {
    const loads = loadedPhases(car.rotation, car.uses).includes(at.phase) ? limit(car) : 0;
    const reserved = wiredPhases(car.rotation).includes(at.phase) ? car.reservedDeciA : 0;
    return sum + Math.max(loads, reserved);
  }, 0);
}

describe('for every tree and any cars', () => {
  test('no circuit carries more than it may on any phase, but for what cannot be changed', () => {
    fc.assert(
      fc.property(site(), (each) => {
        const limits = limitsOf(plan(each));
        for (const circuit of each.circuits) {
          for (const phase of PHASES) {
            const at = { circuitId: circuit.id, phase };
            const given = carried(each, at, (car) => limits.get(car.connector) ?? 0);
            const fixed = carried(each, at, (car) => (car.isFixed ? car.mayFollowDeciA : 0));
            expect(given).toBeLessThanOrEqual(Math.max(circuit.limitDeciA[phase], fixed));
            if (fixed <= circuit.limitDeciA[phase]) continue;
            for (const car of carsIn(each.circuits, each.cars, circuit.id)) {
              if (car.isFixed || !loadedPhases(car.rotation, car.uses).includes(phase)) continue;
              expect(limits.get(car.connector)).toBe(0);
            }
          }
        }
      }),
      RUNS,
    );
  });

  test('a car has 6 A or more and no more than it can use, or nothing; the same for equal input in any order', () => {
    fc.assert(
      fc.property(site(), ({ circuits, cars }) => {
        const allocation = plan({ circuits, cars });
        for (const { connector, limitDeciA } of allocation.limits) {
          const car = cars.find((one) => one.connector === connector);
          if (car === undefined || car.isFixed) continue;
          if (limitDeciA === 0) continue;
          expect(limitDeciA).toBeGreaterThanOrEqual(FLOOR_DECI_A);
          expect(limitDeciA).toBeLessThanOrEqual(appetiteOf(car, DEFAULT_OPTIONS).capDeciA);
          expect(car.state).not.toBe('idle');
        }
        expect(plan({ circuits, cars: [...cars].reverse() })).toEqual(allocation);
      }),
      RUNS,
    );
  });

  test('whoever is ended by a circuit has as much there as any other of the same priority, to a tenth', () => {
    fc.assert(
      fc.property(site(), (each) => {
        const allocation = plan(each);
        const limits = limitsOf(allocation);
        for (const { connector, limitDeciA, why } of allocation.limits) {
          if (why.code !== 'shared') continue;
          const mine = each.cars.find((car) => car.connector === connector);
          const peers = carsIn(each.circuits, each.cars, why.circuitId).filter(
            (car) =>
              !car.isFixed &&
              car.priority === mine?.priority &&
              loadedPhases(car.rotation, car.uses).includes(why.phase),
          );
          for (const peer of peers) {
            const own = Math.max(FLOOR_DECI_A, peer.guaranteedDeciA, peer.reservedDeciA);
            expect(limits.get(peer.connector) ?? 0).toBeLessThanOrEqual(Math.max(own, limitDeciA + 1));
          }
          const limit = each.circuits.find(({ id }) => id === why.circuitId)?.limitDeciA[why.phase] ?? 0;
          const left = limit - carried(each, why, (car) => limits.get(car.connector) ?? 0);
          expect(left).toBeLessThan(peers.length);
        }
      }),
      RUNS,
    );
  });

  test('guaranteed minimums of whoever wants them hold wherever all of them together fit', () => {
    fc.assert(
      fc.property(site(), (each) => {
        const limits = limitsOf(plan(each));
        const room = new Room(each.circuits, each.cars);
        for (const car of each.cars) if (car.isFixed) room.move(car, 0, car.mayFollowDeciA);
        const promised = each.cars.filter(
          (car) =>
            car.guaranteedDeciA > 0 &&
            !car.isFixed &&
            car.state !== 'idle' &&
            !isSated(car) &&
            !slept(car) &&
            appetiteOf(car, DEFAULT_OPTIONS).capDeciA >= FLOOR_DECI_A,
        );
        const promise = (car: Car): number =>
          Math.max(FLOOR_DECI_A, Math.min(car.guaranteedDeciA, appetiteOf(car, DEFAULT_OPTIONS).capDeciA));
        const feasible = promised.every((car) => {
          const fits = room.fits(car, 0, promise(car));
          room.move(car, 0, promise(car));
          return fits;
        });
        if (!feasible) return;
        for (const car of promised) expect(limits.get(car.connector)).toBeGreaterThanOrEqual(promise(car));
      }),
      RUNS,
    );
  });

  test('nobody is left out who would fit beside the others', () => {
    fc.assert(
      fc.property(site(), (each) => {
        const allocation = plan(each);
        const limits = limitsOf(allocation);
        const waiting = allocation.limits.filter(({ why }) => why.code === 'waits');
        for (const { connector, why } of waiting) {
          if (why.code !== 'waits') continue;
          const car = each.cars.find((one) => one.connector === connector);
          if (car === undefined || (why.place > 1 && !isSated(car))) continue;
          const room = new Room(each.circuits, each.cars);
          for (const other of each.cars) {
            const limit = limits.get(other.connector) ?? 0;
            if (other !== car) room.move(other, 0, limit === 0 || other.isFixed ? limit : FLOOR_DECI_A);
          }
          const has = each.cars.some((other) => other.guaranteedDeciA > FLOOR_DECI_A);
          expect(has || !room.fits(car, 0, FLOOR_DECI_A)).toBe(true);
        }
      }),
      RUNS,
    );
  });

  test('what is sent at once never lifts a circuit over its limit, whatever is confirmed of it', () => {
    fc.assert(
      fc.property(site(), fc.array(fc.boolean(), { minLength: 12, maxLength: 12 }), (each, heard) => {
        const sent = sendableNow(each.circuits, each.cars, plan(each).steps);
        const before = (car: Car): number => car.mayFollowDeciA;
        const after = (car: Car): number => {
          const index = sent.findIndex(({ connector }) => connector === car.connector);
          return index >= 0 && heard[index % heard.length] === true ? (sent[index]?.toDeciA ?? 0) : before(car);
        };
        for (const circuit of each.circuits) {
          for (const phase of PHASES) {
            const at = { circuitId: circuit.id, phase };
            const bound = Math.max(circuit.limitDeciA[phase], carried(each, at, before));
            expect(carried(each, at, after)).toBeLessThanOrEqual(bound);
          }
        }
      }),
      RUNS,
    );
  });
});

test('every wiring loads the phases it is wired to, and no other', () => {
  for (const rotation of ROTATIONS) {
    const wired = wiredPhases(rotation);
    expect(loadedPhases(rotation, null)).toEqual(wired);
    for (const conductor of PHASES) {
      const loaded = loadedPhases(rotation, [conductor]);
      expect(loaded.every((phase) => wired.includes(phase))).toBe(true);
      expect(loaded.length).toBe(rotation === 'unknown' ? 3 : 1);
    }
  }
});
