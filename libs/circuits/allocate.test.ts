import { describe, expect, test } from '@jest/globals';

import { DEFAULT_OPTIONS, type Allocation, type Car, type CircuitLimit } from './allocate-types.js';
import { allocate } from './allocate.js';
import { samePhases } from './current.js';
import { limitOf } from './limit-of.js';
import { sendableNow } from './plan-steps.js';

const circuit = (id: string, amps: number, parentId: string | null = null): CircuitLimit => ({
  id,
  parentId,
  limitDeciA: samePhases(amps * 10),
});

function car(connector: string, facts: Partial<Car> = {}): Car {
  const nowDeciA = facts.nowDeciA ?? 0;
  return {
    connector,
    circuitId: 'a',
    rotation: 'RST',
    uses: null,
    connectorMaxDeciA: 320,
    cableMaxDeciA: null,
    state: 'wants',
    takesDeciA: null,
    underDeciA: nowDeciA,
    nowDeciA,
    mayFollowDeciA: nowDeciA,
    reservedDeciA: 0,
    isFixed: false,
    priority: 0,
    guaranteedDeciA: 0,
    chargedMs: 0,
    waitedMs: 0,
    ...facts,
  };
}

const plan = (circuits: readonly CircuitLimit[], cars: readonly Car[]): Allocation =>
  allocate(circuits, cars, DEFAULT_OPTIONS);

const limits = ({ limits: all }: Allocation): Record<string, number> =>
  Object.fromEntries(all.map(({ connector, limitDeciA }) => [connector, limitDeciA]));

const why = ({ limits: all }: Allocation, connector: string) => all.find((one) => one.connector === connector)?.why;

describe('fair shares', () => {
  test('one car has all it can take, two share, and the odd tenth goes to the first', () => {
    expect(limits(plan([circuit('a', 32)], [car('x')]))).toEqual({ x: 320 });
    const two = plan([circuit('a', 25)], [car('x'), car('y')]);
    expect(limits(two)).toEqual({ x: 125, y: 125 });
    expect(why(two, 'x')).toEqual({ code: 'shared', circuitId: 'a', phase: 0, cars: 2 });
    expect(limits(plan([circuit('a', 32)], [car('x'), car('y'), car('z')]))).toEqual({ x: 107, y: 107, z: 106 });
  });

  test('what the smaller cable leaves is for the others', () => {
    const shared = plan([circuit('a', 32)], [car('x', { cableMaxDeciA: 100 }), car('y')]);
    expect(limits(shared)).toEqual({ x: 100, y: 220 });
    expect(why(shared, 'x')).toEqual({ code: 'enough', bound: 'cable' });
  });

  test('a circuit above ends both branches; the branch that is ended below leaves the rest', () => {
    const tree = [circuit('root', 40), circuit('a', 16, 'root'), circuit('b', 32, 'root')];
    const shared = plan(tree, [car('x'), car('y'), car('z', { circuitId: 'b' })]);
    expect(limits(shared)).toEqual({ x: 80, y: 80, z: 240 });
    expect(why(shared, 'z')).toMatchObject({ code: 'shared', circuitId: 'root' });
    expect(shared.circuits.find(({ circuitId }) => circuitId === 'root')?.allocatedDeciA).toEqual([400, 400, 400]);
  });

  test('the higher priority is filled first, but no one below it falls under 6 A', () => {
    const shared = plan([circuit('a', 32)], [car('x', { priority: 1 }), car('y'), car('z')]);
    expect(limits(shared)).toEqual({ x: 200, y: 60, z: 60 });
  });

  test('a guaranteed minimum comes first', () => {
    const shared = plan([circuit('a', 20)], [car('x', { guaranteedDeciA: 140 }), car('y'), car('z')]);
    expect(limits(shared)).toEqual({ x: 140, y: 60, z: 0 });
    expect(why(shared, 'x')).toMatchObject({ code: 'guaranteed', circuitId: 'a' });
    expect(why(shared, 'z')).toEqual({ code: 'waits', circuitId: 'a', phase: 0, place: 1 });
  });

  test('a circuit that cannot bear all promises shares what it has among them', () => {
    const cars = [car('x', { guaranteedDeciA: 160 }), car('y', { guaranteedDeciA: 160 }), car('z')];
    expect(limits(plan([circuit('a', 20)], cars))).toEqual({ x: 100, y: 100, z: 0 });
  });
});

describe('promises that do not all find 6 A', () => {
  const { turnMs, starvingMs } = DEFAULT_OPTIONS;
  const promised = (connector: string, facts: Partial<Car> = {}): Car =>
    car(connector, { guaranteedDeciA: 60, ...facts });
  const has = { state: 'charging', nowDeciA: 100 } as const;

  test('are kept in turn: whoever has current keeps it until the turn is over', () => {
    const shares = (chargedMs: number) =>
      limits(plan([circuit('a', 10)], [promised('x', { ...has, chargedMs }), promised('y', { waitedMs: 5_000 })]));
    expect(shares(5_000)).toEqual({ x: 100, y: 0 });
    expect(shares(turnMs)).toEqual({ x: 0, y: 100 });
  });

  test('the lower priority has its turn, too', () => {
    const first = promised('x', { ...has, priority: 2, chargedMs: turnMs });
    expect(limits(plan([circuit('a', 10)], [first, promised('y', { waitedMs: turnMs })]))).toEqual({ x: 0, y: 100 });
    const rested = promised('x', { priority: 2, waitedMs: turnMs });
    expect(limits(plan([circuit('a', 10)], [rested, promised('y', { waitedMs: starvingMs })]))).toEqual({
      x: 0,
      y: 100,
    });
  });

  test('a promise holds nothing for a car that takes nothing, nor for one that took nothing when it was paused', () => {
    const full = promised('x', { ...has, state: 'suspended-by-ev' });
    expect(limits(plan([circuit('a', 10)], [full, car('y')]))).toEqual({ x: 0, y: 100 });
    const paused = promised('x', { takesDeciA: 0, underDeciA: 60 });
    const charging = car('y', { ...has, chargedMs: 1 });
    expect(limits(plan([circuit('a', 10)], [paused, charging]))).toEqual({ x: 0, y: 100 });
    expect(limits(plan([circuit('a', 10)], [promised('x'), charging]))).toEqual({ x: 100, y: 0 });
  });
});

describe('phases', () => {
  test('single-phase cars on chargers wired in turn load different phases', () => {
    const cars = (['RST', 'STR', 'TRS'] as const).map((rotation) => car(rotation, { rotation, uses: [0] }));
    const shared = plan([circuit('a', 16)], cars);
    expect(limits(shared)).toEqual({ RST: 160, STR: 160, TRS: 160 });
    expect(shared.limits.map(({ perPhaseDeciA }) => perPhaseDeciA)).toEqual([
      [160, 0, 0],
      [0, 160, 0],
      [0, 0, 160],
    ]);
  });

  test('a three-phase car beside a single-phase one is ended by the phase they share', () => {
    const shared = plan([circuit('a', 20)], [car('x'), car('y', { rotation: 'S' })]);
    expect(limits(shared)).toEqual({ x: 100, y: 100 });
    expect(why(shared, 'x')).toMatchObject({ code: 'shared', phase: 1, cars: 2 });
  });

  test('a charger whose wiring nobody knows counts on all phases', () => {
    const shared = plan(
      [circuit('a', 16)],
      [car('x', { rotation: 'unknown', uses: [0] }), car('y', { rotation: 'T' })],
    );
    expect(limits(shared)).toEqual({ x: 80, y: 80 });
  });
});

describe('6 A or pause', () => {
  test('who finds less than 6 A pauses, and says where and in which place', () => {
    const shared = plan([circuit('a', 16)], [car('x'), car('y'), car('z', { waitedMs: 1 })]);
    expect(limits(shared)).toEqual({ x: 80, y: 0, z: 80 });
    expect(shared.limits.find(({ connector }) => connector === 'y')).toMatchObject({
      isPaused: true,
      why: { code: 'waits', circuitId: 'a', place: 1 },
    });
  });

  test('a turn is kept until it is over, then who has waited longest has it', () => {
    const turn = DEFAULT_OPTIONS.turnMs;
    const charging = car('x', { state: 'charging', nowDeciA: 100 });
    const waiting = [car('y', { waitedMs: 5 }), car('z', { waitedMs: 9 })];
    expect(limits(plan([circuit('a', 10)], [{ ...charging, chargedMs: turn - 1 }, ...waiting]))).toEqual({
      x: 100,
      y: 0,
      z: 0,
    });
    expect(limits(plan([circuit('a', 10)], [{ ...charging, chargedMs: turn }, ...waiting]))).toEqual({
      x: 0,
      y: 0,
      z: 100,
    });
  });

  test('nobody begins a turn in the way of whoever waits first', () => {
    const cars = [
      car('l1', { rotation: 'R', waitedMs: 10 }),
      car('l2', { rotation: 'S', state: 'charging', nowDeciA: 60, chargedMs: 100 }),
      car('all', { waitedMs: 20 }),
    ];
    const shared = plan([circuit('a', 6)], cars);
    expect(limits(shared)).toEqual({ l1: 0, l2: 60, all: 0 });
    expect(why(shared, 'all')).toMatchObject({ code: 'waits', phase: 1, place: 1 });
  });

  test('who can never have 6 A stands in nobody’s way', () => {
    const tree = [circuit('root', 6), circuit('small', 5, 'root'), circuit('a', 16, 'root')];
    const cars = [car('never', { circuitId: 'small', waitedMs: 99 }), car('x', { waitedMs: 1 })];
    expect(limits(plan(tree, cars))).toEqual({ never: 0, x: 60 });
    expect(why(plan(tree, [car('thin', { cableMaxDeciA: 50 })]), 'thin')).toEqual({
      code: 'too-small',
      bound: 'cable',
    });
  });

  test('long waiting goes before priority', () => {
    const cars = [car('x', { priority: 5, waitedMs: 10 }), car('y', { waitedMs: DEFAULT_OPTIONS.starvingMs })];
    expect(limits(plan([circuit('a', 6)], cars))).toEqual({ x: 0, y: 60 });
  });
});

describe('what a car takes', () => {
  const charging = (connector: string, nowDeciA: number, takesDeciA: number | null): Car =>
    car(connector, { state: 'charging', nowDeciA, takesDeciA });

  test('a car that takes less keeps what it takes and a margin; the rest is for the others', () => {
    const shared = plan([circuit('a', 32)], [charging('x', 160, 81), charging('y', 160, 160)]);
    expect(limits(shared)).toEqual({ x: 110, y: 210 });
    expect(why(shared, 'x')).toEqual({ code: 'enough', bound: 'car' });
    expect(shared.steps).toEqual({
      decreases: [{ connector: 'x', fromDeciA: 160, toDeciA: 110 }],
      increases: [{ connector: 'y', fromDeciA: 160, toDeciA: 210 }],
    });
  });

  test('it keeps that while it stays, and is free to grow once it reaches into the margin', () => {
    const stays = [charging('x', 110, 83), charging('y', 210, 210)];
    expect(limits(plan([circuit('a', 32)], stays))).toEqual({ x: 110, y: 210 });
    const grows = [charging('x', 110, 105), charging('y', 210, 210)];
    expect(limits(plan([circuit('a', 32)], grows))).toEqual({ x: 160, y: 160 });
  });

  test('a full car keeps 6 A so that it can begin again, unless another needs it', () => {
    const full = car('x', { state: 'suspended-by-ev', nowDeciA: 160 });
    expect(limits(plan([circuit('a', 32)], [full, charging('y', 160, 160)]))).toEqual({ x: 60, y: 260 });
    expect(limits(plan([circuit('a', 6)], [full, car('y')]))).toEqual({ x: 0, y: 60 });
  });
});

describe('what cannot be changed', () => {
  test('an offline charger counts with what it may follow, a silent one with what is reserved for it', () => {
    const cars = [
      car('gone', { isFixed: true, nowDeciA: 60, mayFollowDeciA: 140 }),
      car('idle', { state: 'idle', reservedDeciA: 60 }),
      car('x'),
    ];
    const shared = plan([circuit('a', 32)], cars);
    expect(limits(shared)).toEqual({ gone: 140, idle: 0, x: 120 });
    expect(shared.circuits[0]?.allocatedDeciA).toEqual([320, 320, 320]);
  });

  test('what is reserved for a charger is its own first', () => {
    const cars = [car('x', { reservedDeciA: 100 }), car('y')];
    expect(limits(plan([circuit('a', 20)], cars))).toEqual({ x: 100, y: 100 });
    expect(limits(plan([circuit('a', 16)], cars))).toEqual({ x: 100, y: 60 });
  });

  test('in a circuit that cannot bear even what is reserved, whoever can be paused is paused', () => {
    const cars = ['p', 'q', 'r', 's', 't'].map((connector) =>
      car(connector, {
        state: 'charging',
        nowDeciA: 60,
        reservedDeciA: 60,
        guaranteedDeciA: connector === 'p' ? 60 : 0,
      }),
    );
    const shared = plan([circuit('a', 13)], cars);
    expect(limits(shared)).toEqual({ p: 0, q: 0, r: 0, s: 0, t: 0 });
    expect(shared.steps.decreases).toHaveLength(5);
    expect(why(shared, 'p')).toMatchObject({ code: 'waits', circuitId: 'a' });
  });

  test('nothing more is given in an overloaded circuit', () => {
    const cars = [car('gone', { isFixed: true, mayFollowDeciA: 320 }), car('x')];
    expect(limits(plan([circuit('a', 16)], cars))).toEqual({ gone: 320, x: 0 });
  });
});

describe('two steps', () => {
  test('an increase goes out at once only where it fits beside all that may still be followed', () => {
    const circuits = [circuit('a', 32)];
    const cars = [car('x', { state: 'charging', nowDeciA: 320 }), car('y')];
    const shared = plan(circuits, cars);
    expect(shared.steps.increases).toEqual([{ connector: 'y', fromDeciA: 0, toDeciA: 160 }]);
    expect(sendableNow(circuits, cars, shared.steps)).toEqual([{ connector: 'x', fromDeciA: 320, toDeciA: 160 }]);
    const lowered = [car('x', { state: 'charging', nowDeciA: 160 }), car('y')];
    expect(sendableNow(circuits, lowered, plan(circuits, lowered).steps)).toEqual([
      { connector: 'y', fromDeciA: 0, toDeciA: 160 },
    ]);
  });
});

describe('a main meter', () => {
  const metered = { id: 'a', parentId: null, maxDeciA: 400, reserveDeciA: 150, readingMaxAgeMs: 60_000 };

  test('the base load of each phase comes off, in whole amperes', () => {
    const base = { atMs: 0, baseDeciA: [101, 0, 450] as const };
    expect(limitOf(metered, base, 60_000).limitDeciA).toEqual([290, 400, -50]);
  });

  test('once the reading is too old the reserve comes off', () => {
    const base = { atMs: 0, baseDeciA: [101, 0, 450] as const };
    expect(limitOf(metered, base, 60_001).limitDeciA).toEqual([250, 250, 250]);
    expect(limitOf(metered, undefined, 0).limitDeciA).toEqual([250, 250, 250]);
  });

  test('a circuit without a meter has its breaker', () => {
    expect(limitOf({ ...metered, reserveDeciA: null }, undefined, 0).limitDeciA).toEqual([400, 400, 400]);
  });
});

test('a circuit that hangs under itself, or under nothing, is a fault', () => {
  expect(() => plan([circuit('a', 16, 'b'), circuit('b', 16, 'a')], [])).toThrow(/hangs under itself/);
  expect(() => plan([circuit('a', 16, 'b')], [])).toThrow(/does not exist/);
  expect(() => plan([], [car('x')])).toThrow(/does not exist/);
});
