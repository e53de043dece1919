import type {
  Allocation,
  AllocationOptions,
  Bottleneck,
  Car,
  CircuitLimit,
  CircuitUse,
  ConnectorLimit,
  Why,
} from './allocate-types.js';
import { appetiteOf, type Appetite } from './appetite.js';
import { FLOOR_DECI_A, onPhases, type DeciA } from './current.js';
import { Room } from './room.js';
import { loadedPhases } from './rotation.js';
import { lineUp, type Line } from './turns.js';
import { waterFill, type Filling } from './water-fill.js';

interface Working extends Filling {
  readonly appetites: ReadonlyMap<Car, Appetite>;
  /** Who found no 6 A left, and where, in the order of the queue. */
  readonly waits: Map<Car, Bottleneck>;
}

/**
 * Shares the circuits' current among the cars. First what is reserved or cannot be changed; then 6 A and the guaranteed
 * minimum for spots that have one; then 6 A in turn for as many as the circuits bear, the rest pauses; then what is left
 * evenly, the higher priority first. Pure: equal input gives equal output, in whatever order the cars come. Throws on a
 * broken tree.
 */
export function allocate(
  circuits: readonly CircuitLimit[],
  cars: readonly Car[],
  options: AllocationOptions,
): Allocation {
  const all = [...cars].sort((a, b) => (a.connector < b.connector ? -1 : 1));
  const work: Working = {
    room: new Room(circuits, all),
    levels: new Map(),
    endings: new Map(),
    appetites: new Map(all.map((car) => [car, appetiteOf(car, options)])),
    waits: new Map(),
  };
  for (const car of all) if (car.isFixed) give(car, car.mayFollowDeciA, work);
  const queue = lineUp(
    all.filter((car) => canCharge(car, work)),
    options,
  );
  startPromised(queue.promised, work);
  startLine(queue.others, work);
  for (const car of queue.sated) start(car, work);
  const started = all.filter((car) => !car.isFixed && work.levels.has(car));
  fillByPriority(started, (car) => capOf(car, work), work);
  return {
    limits: all.map((car) => limitOfCar(car, work)),
    steps: stepsOf(all, work),
    circuits: useOf(circuits, all, work),
  };
}

function useOf(circuits: readonly CircuitLimit[], cars: readonly Car[], { room }: Working): CircuitUse[] {
  const now = new Room(circuits, cars);
  for (const car of cars) now.move(car, 0, car.mayFollowDeciA);
  return circuits.map(({ id, limitDeciA }) => ({
    circuitId: id,
    limitDeciA,
    allocatedDeciA: room.usedIn(id),
    mayDeciA: now.usedIn(id),
  }));
}

function capOf(car: Car, { appetites }: Working): DeciA {
  return appetites.get(car)?.capDeciA ?? 0;
}

function canCharge(car: Car, work: Working): boolean {
  return !car.isFixed && car.state !== 'idle' && capOf(car, work) >= FLOOR_DECI_A;
}

function give(car: Car, to: DeciA, { room, levels }: Working): void {
  room.move(car, levels.get(car) ?? 0, to);
  levels.set(car, to);
}

/** 6 A for the car, or a place among those who wait. */
function start(car: Car, work: Working): void {
  if (work.room.fits(car, 0, FLOOR_DECI_A)) give(car, FLOOR_DECI_A, work);
  else work.waits.set(car, work.room.bottleneck(car));
}

/** Every promised spot 6 A, in turn where not all find them, then all of them what was promised, before anybody else. */
function startPromised(promised: Line, work: Working): void {
  startLine(promised, work);
  const started = [...promised.inTurn, ...promised.waiting, ...promised.pastTurn].filter((car) => work.levels.has(car));
  fillByPriority(started, (car) => Math.min(car.guaranteedDeciA, capOf(car, work)), work);
}

/** 6 A for those whose turn it is, then for those who wait, then for those whose turn is over. */
function startLine({ inTurn, waiting, pastTurn }: Line, work: Working): void {
  const bearable = new Set(waiting.filter((car) => work.room.fits(car, 0, FLOOR_DECI_A)));
  for (const car of inTurn) start(car, work);
  startWaiting(waiting, bearable, work);
  for (const car of pastTurn) start(car, work);
}

/**
 * 6 A for those who wait. Where the first does not find it though the circuit bears it, it is set aside for it: nobody
 * behind it begins a turn there, so that the turns in its way end one by one. Whoever is past the turn goes on meanwhile.
 */
function startWaiting(waiting: readonly Car[], bearable: ReadonlySet<Car>, work: Working): void {
  let first: Car | null = null;
  for (const car of waiting) {
    start(car, work);
    if (work.levels.has(car) || first !== null || !bearable.has(car)) continue;
    first = car;
    work.room.move(car, 0, FLOOR_DECI_A);
  }
  if (first !== null) work.room.move(first, FLOOR_DECI_A, 0);
}

function fillByPriority(cars: readonly Car[], cap: (car: Car) => DeciA, work: Working): void {
  const caps = new Map(cars.map((car) => [car, cap(car)]));
  const priorities = [...new Set(cars.map((car) => car.priority))].sort((a, b) => b - a);
  for (const priority of priorities) {
    const peers = cars.filter((car) => car.priority === priority);
    waterFill(peers, caps, work);
  }
}

function limitOfCar(car: Car, work: Working): ConnectorLimit {
  const limitDeciA = work.levels.get(car) ?? 0;
  return {
    connector: car.connector,
    limitDeciA,
    perPhaseDeciA: onPhases(limitDeciA, loadedPhases(car.rotation, car.uses)),
    isPaused: car.state !== 'idle' && limitDeciA < FLOOR_DECI_A,
    why: whyOf(car, work),
  };
}

function whyOf(car: Car, work: Working): Why {
  if (car.isFixed) return { code: 'fixed' };
  if (car.state === 'idle') return { code: 'idle' };
  const { capDeciA = 0, bound = 'connector' } = work.appetites.get(car) ?? {};
  if (capDeciA < FLOOR_DECI_A) return { code: 'too-small', bound: bound === 'cable' ? 'cable' : 'connector' };
  const waits = work.waits.get(car);
  if (waits !== undefined) return { code: 'waits', place: [...work.waits.keys()].indexOf(car) + 1, ...waits };
  const level = work.levels.get(car) ?? 0;
  const ending = work.endings.get(car);
  if (level >= capDeciA || ending === undefined) return { code: 'enough', bound };
  const code = level <= car.guaranteedDeciA ? 'guaranteed' : 'shared';
  return { code, cars: sharing(ending, work), ...ending };
}

/** How many have current on that phase of the circuit. */
function sharing({ circuitId, phase }: Bottleneck, { levels, room }: Working): number {
  const loads = (car: Car): boolean =>
    room.linesBehind(car).some((line) => line.circuitId === circuitId && line.phase === phase);
  return [...levels].filter(([car, level]) => level > 0 && loads(car)).length;
}

function stepsOf(cars: readonly Car[], { levels }: Working): Allocation['steps'] {
  const changes = cars
    .filter((car) => !car.isFixed && car.state !== 'idle')
    .map((car) => ({ connector: car.connector, fromDeciA: car.mayFollowDeciA, toDeciA: levels.get(car) ?? 0 }));
  return {
    decreases: changes.filter(({ fromDeciA, toDeciA }) => toDeciA < fromDeciA),
    increases: changes.filter(({ fromDeciA, toDeciA }) => toDeciA > fromDeciA),
  };
}
