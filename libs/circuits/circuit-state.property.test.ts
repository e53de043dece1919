import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { ConnectorFacts } from './circuit-records.js';
import { DEFAULT_STATE_OPTIONS } from './circuit-state.js';
import { FLOOR_DECI_A } from './current.js';
import { FLOW_MAX_AGE_MS } from './fold-main-meter.js';
import type { CircuitFacts } from './limit-of.js';
import { ROTATIONS, type Conductor } from './rotation.js';
import { SimulatedSite, type Fate } from './testing/simulated-site.js';

const conductors = fc.constantFrom<readonly Conductor[]>([0], [0, 1], [0, 1, 2]);
const index = fc.nat(7);
const amps = fc.integer({ min: 0, max: 400 });
const measures = fc.constantFrom<'building' | 'everything'>('building', 'everything');

type Step = (site: SimulatedSite) => void;

/** A car takes less, or more again, of its own will. */
const appetite: fc.Arbitrary<Step> = fc.tuple(index, amps).map(
  ([at, takes]): Step =>
    (site) =>
      site.appetite(at, takes),
);

const steady: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(index, conductors, amps).map(
      ([at, uses, takes]): Step =>
        (site) =>
          site.carComes(at, uses, takes),
    ),
  },
  {
    weight: 2,
    arbitrary: index.map(
      (at): Step =>
        (site) =>
          site.carGoes(at),
    ),
  },
  {
    weight: 4,
    arbitrary: fc.tuple(index, fc.constantFrom('currents', 'currents', 'power')).map(
      ([at, tells]): Step =>
        (site) =>
          site.measures(at, tells),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(index, fc.boolean()).map(
      ([at, on]): Step =>
        (site) =>
          site.connection(at, on),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.tuple(amps, amps, amps), measures).map(
      ([building, of]): Step =>
        (site) =>
          site.mainMeter('c0', building, of),
    ),
  },
  {
    weight: 3,
    arbitrary: fc.oneof(fc.integer({ min: 1, max: 12_000 }), fc.integer({ min: 1, max: 1_200_000 })).map(
      (ms): Step =>
        (site) =>
          site.pass(ms),
    ),
  },
  {
    weight: 8,
    arbitrary: fc.constantFrom<Fate>('confirmed', 'confirmed', 'deaf', 'lost', 'refused', 'absent').map(
      (fate): Step =>
        (site) =>
          void site.arrives(fate),
    ),
  },
  { weight: 3, arbitrary: fc.constant<Step>((site) => void [0, 1, 2, 3, 4, 5].every(() => site.arrives('confirmed'))) },
  { weight: 1, arbitrary: fc.constant<Step>((site) => site.takeOver()) },
);

const step = fc.oneof({ weight: 9, arbitrary: steady }, { weight: 1, arbitrary: appetite });

const circuits = fc
  .array(fc.record({ under: fc.nat(4), maxDeciA: fc.integer({ min: 60, max: 800 }) }), { minLength: 1, maxLength: 4 })
  .map((drafts) =>
    drafts.map(({ under, maxDeciA }, at): CircuitFacts => ({
      id: `c${at}`,
      parentId: at === 0 ? null : `c${under % at}`,
      maxDeciA,
      reserveDeciA: at === 0 ? 100 : null,
      readingMaxAgeMs: 60_000,
    })),
  );

const wiring = fc.record({
  circuit: fc.nat(3),
  rotation: fc.constantFrom(...ROTATIONS),
  maxDeciA: fc.constantFrom(160, 320),
  priority: fc.nat(2),
  guaranteedDeciA: fc.constantFrom(0, 0, 0, 60, 100),
  offlineDeciA: fc.constantFrom(0, 0, 0, 60),
});

const site = fc.tuple(circuits, fc.array(wiring, { minLength: 1, maxLength: 6 })).map(([tree, chargers]) => ({
  tree,
  connectors: chargers.map(({ circuit, ...facts }, at): ConnectorFacts => {
    const chargerId = `x${at}`;
    return {
      ...facts,
      connector: `${chargerId}/1`,
      chargerId,
      circuitId: `c${circuit % tree.length}`,
      cableMaxDeciA: null,
    };
  }),
}));

interface Drawn {
  readonly tree: readonly CircuitFacts[];
  readonly connectors: readonly ConnectorFacts[];
}

function start({ tree, connectors }: Drawn): SimulatedSite {
  const simulated = new SimulatedSite(tree, connectors);
  for (const at of connectors.keys()) simulated.connection(at, true);
  return simulated;
}

/** How a charger is found when sharing begins: there, away, or away with a car that uses these conductors. */
type Found = 'there' | 'away' | readonly Conductor[];
const found = fc.array(fc.oneof(fc.constant<Found>('there'), fc.constant<Found>('away'), conductors), {
  minLength: 6,
  maxLength: 6,
});

function startAsFound({ tree, connectors }: Drawn, chargers: readonly Found[]): SimulatedSite {
  const simulated = new SimulatedSite(tree, connectors);
  for (const at of connectors.keys()) {
    const how = chargers[at % chargers.length] ?? 'there';
    if (how === 'there') simulated.connection(at, true);
    else simulated.beginsAway(at, how === 'away' ? null : how);
  }
  return simulated;
}

/** Once all is said: no line carries more than it may but for what nobody can take back, and then nobody else takes any. */
function expectBorne(simulated: SimulatedSite): void {
  const limits = simulated.limits();
  for (const { id } of simulated.circuits) {
    for (const phase of [0, 1, 2] as const) {
      const limit = limits.get(`${id} L${phase + 1}`) ?? 0;
      const kept = simulated.unchangeable(id, phase);
      expect(simulated.carried(id, phase)).toBeLessThanOrEqual(Math.max(limit, kept));
      if (kept > limit) expect(simulated.obeying(id, phase)).toBe(0);
    }
  }
}

describe('whatever happens, in whatever order', () => {
  test('nothing we send lifts a circuit over its limit, and once all is said it is kept', () => {
    fc.assert(
      fc.property(site, found, fc.array(step, { maxLength: 60 }), (each, chargers, steps) => {
        const simulated = startAsFound(each, chargers);
        for (const happen of steps) happen(simulated);
        expect(simulated.breaches).toEqual([]);
        simulated.settle();
        expect(simulated.breaches).toEqual([]);
        expectBorne(simulated);
      }),
      { numRuns: 2_000 },
    );
  });

  test('a breaker is never overloaded by cars', () => {
    const unreserved = site.map(({ tree, connectors }) => ({
      tree,
      connectors: connectors.map((one) => Object.assign(one, { offlineDeciA: 0 })),
    }));
    fc.assert(
      fc.property(unreserved, fc.array(step, { maxLength: 60 }), (each, steps) => {
        const simulated = start(each);
        simulated.settle();
        for (const happen of steps) {
          happen(simulated);
          const carried = simulated.allCarried();
          for (const { id, maxDeciA } of each.tree) {
            for (const phase of [1, 2, 3]) expect(carried.get(`${id} L${phase}`)).toBeLessThanOrEqual(maxDeciA);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a meter of everything makes the building smaller only by what may be the rise of cars just given more', () => {
    const building = fc.tuple(amps, amps, amps);
    fc.assert(
      fc.property(site, fc.array(fc.tuple(steady, building), { maxLength: 60 }), (each, moments) => {
        const simulated = start(each);
        simulated.settle();
        const [root] = each.tree;
        for (const [happen, base] of moments) {
          happen(simulated);
          const all = simulated.mainMeter('c0', base, 'everything');
          const told = simulated.state.toJSON().baseLoads['c0']?.baseDeciA ?? [0, 0, 0];
          const rising = Object.values(simulated.state.toJSON().connectors).flatMap(({ session }) =>
            session !== null && simulated.clockMs - session.raisedAtMs <= FLOW_MAX_AGE_MS ? session.mayFollowDeciA : [],
          );
          const riseDeciA = rising.reduce((sum, deciA) => sum + deciA, 0);
          for (const phase of [0, 1, 2] as const) {
            const isPassed = all[phase] > (root?.maxDeciA ?? 0);
            expect(told[phase]).toBeGreaterThanOrEqual(base[phase] - (isPassed ? 0 : riseDeciA));
          }
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test('a charger that comes back unnoticed, having forgotten everything, is told everything again', () => {
    const cycle = index.map(
      (at): Step =>
        (site) =>
          site.powerCycles(at),
    );
    const steps = fc.array(fc.oneof({ weight: 4, arbitrary: step }, { weight: 1, arbitrary: cycle }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(site, steps, (each, happenings) => {
        const simulated = start(each);
        for (const happen of happenings) happen(simulated);
        simulated.forgetfulComeBack();
        simulated.settle();
        expectBorne(simulated);
      }),
      { numRuns: 1_000 },
    );
  });

  test('what was kept and taken over decides alike', () => {
    fc.assert(
      fc.property(site, fc.array(step, { maxLength: 40 }), (each, steps) => {
        const [one, other] = [start(each), start(each)];
        for (const happen of steps) {
          happen(one);
          other.isKept();
          happen(other);
        }
        other.isKept();
        for (const simulated of [one, other]) simulated.settle();
        expect(JSON.stringify(other.state)).toBe(JSON.stringify(one.state));
      }),
      { numRuns: 500 },
    );
  });
});

describe('nobody starves', () => {
  const { turnMs, starvingMs } = DEFAULT_STATE_OPTIONS;
  // Everybody was promised as much or nobody anything: a promise to some is kept before those who have none.
  const alike = fc.tuple(site, fc.constantFrom(0, 60, 100)).map(([{ tree, connectors }, guaranteedDeciA]) => ({
    tree: tree.map((circuit) => Object.assign(circuit, { reserveDeciA: null })),
    connectors: connectors.map((one) => Object.assign(one, { guaranteedDeciA, offlineDeciA: 0 })),
  }));

  test('every car has its turn, however the others come and go', () => {
    fc.assert(
      fc.property(
        alike,
        fc.array(fc.tuple(index, conductors), { minLength: 1, maxLength: 6 }),
        fc.array(fc.option(fc.tuple(index, conductors)), { minLength: 30, maxLength: 60 }),
        (each, first, traffic) => {
          const simulated = start(each);
          simulated.settle();
          for (const [at, uses] of first) simulated.carComes(at, uses, 320);
          const patient = simulated.chargers.flatMap(({ session }) => session ?? []);
          const lastMs = new Map(patient.map(({ id }) => [id, simulated.clockMs]));
          const boundMs = starvingMs + (each.connectors.length + 2) * (turnMs + 300_000);
          for (let round = 0; round < 90; round += 1) {
            simulated.pass(300_000);
            while (simulated.arrives('confirmed'));
            const visit = traffic[round % traffic.length];
            if (visit !== null && visit !== undefined) {
              const visited = simulated.chargers[visit[0] % simulated.chargers.length];
              if (!patient.some(({ id }) => id === visited?.session?.id)) {
                simulated.carGoes(visit[0]);
                simulated.carComes(visit[0], visit[1], 320);
              }
            }
            for (const one of patient) {
              if ((one.limitDeciA ?? 0) >= FLOOR_DECI_A) lastMs.set(one.id, simulated.clockMs);
              expect(simulated.clockMs - (lastMs.get(one.id) ?? 0)).toBeLessThanOrEqual(boundMs);
            }
          }
        },
      ),
      { numRuns: 200 },
    );
  });
});
