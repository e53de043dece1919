import type { Allocation, Car, CarState, CircuitLimit } from './allocate-types.js';
import { allocate } from './allocate.js';
import type { CircuitData, ConnectorRecord, LimitOrder, PendingOrder } from './circuit-records.js';
import { FLOOR_DECI_A, type DeciA } from './current.js';
import { FAILURES_TO_GIVE_UP } from './fold-events.js';
import { union } from './known-limits.js';
import { limitOf } from './limit-of.js';
import { sendableNow } from './plan-steps.js';
import { Room } from './room.js';

export interface Decided {
  readonly data: CircuitData;
  readonly orders: readonly LimitOrder[];
  readonly allocation: Allocation;
}

/** What to send now, and what is known once it is on its way. Each connector has one order at a time. */
export function decideLimits(data: CircuitData, atMs: number): Decided {
  const circuits = data.circuits.map((circuit) => limitOf(circuit, data.baseLoads[circuit.id], atMs));
  const records = Object.values(data.connectors).filter(({ presence }) => presence !== 'never');
  const cars = records.map((record) => carOf(record, atMs, data.options));
  const allocation = allocate(circuits, cars, data.options);
  const free = new Set(records.filter((record) => mayBeTold(record, atMs)).map(({ facts }) => facts.connector));
  const defaults = defaultsToTell(records, circuits, cars).filter(({ connector }) => free.has(connector));
  for (const { connector } of defaults) free.delete(connector);
  const wanted = [...sendableNow(circuits, cars, allocation.steps), ...unsure(records, allocation)];
  const sessions = wanted
    .filter(({ connector }) => free.has(connector))
    .map(({ connector, toDeciA }): Wanted => ({ connector, purpose: 'session', toDeciA }));
  return { ...sent(data, [...defaults, ...sessions], atMs), allocation };
}

function mayBeTold({ presence, order, notBeforeMs }: ConnectorRecord, atMs: number): boolean {
  return presence === 'online' && order === null && notBeforeMs <= atMs;
}

function carOf(record: ConnectorRecord, atMs: number, { settleMs, wakeMs }: CircuitData['options']): Car {
  const { facts, session } = record;
  const isDeaf = record.failures >= FAILURES_TO_GIVE_UP && atMs < record.notBeforeMs;
  const nowDeciA = session?.givenDeciA ?? 0;
  const hasCurrent = nowDeciA >= FLOOR_DECI_A;
  const patience = session?.raisedFromPause === true ? wakeMs : settleMs;
  return {
    ...facts,
    connectorMaxDeciA: facts.maxDeciA,
    uses: session?.uses ?? null,
    state: session === null ? 'idle' : stateOf(record.status, atMs >= session.raisedAtMs + patience),
    takesDeciA: session?.taken?.highestDeciA ?? null,
    underDeciA: session?.taken?.underDeciA ?? 0,
    nowDeciA,
    mayFollowDeciA: session === null ? 0 : Math.max(...session.mayFollowDeciA),
    reservedDeciA: reservedFor(record),
    isFixed: record.presence === 'offline' || record.presence === 'away' || isDeaf,
    chargedMs: session !== null && hasCurrent ? atMs - session.givenSinceMs : 0,
    waitedMs: session !== null && !hasCurrent ? atMs - session.waitsSinceMs : 0,
  };
}

/**
 * What it gives by itself. One that was never told anything gives what its hardware can: while it is away that counts for the car
 * it has, but is kept free for no other, or a dead charger would hold it for ever.
 */
function reservedFor({ facts, presence, mayDefaultDeciA }: ConnectorRecord): DeciA {
  return presence === 'away' ? facts.offlineDeciA : Math.max(facts.offlineDeciA, ...mayDefaultDeciA);
}

/** In OCPP 1.6's words. A car just given current may not have woken yet: it is not held against it. */
function stateOf(status: string | null, isSettled: boolean): CarState {
  switch (status) {
    case 'Charging':
      return 'charging';
    case 'SuspendedEV':
    case 'Finishing':
    case 'Faulted':
    case 'Unavailable':
      return isSettled ? 'suspended-by-ev' : 'wants';
    default:
      return 'wants';
  }
}

interface Wanted {
  readonly connector: string;
  readonly purpose: LimitOrder['purpose'];
  readonly toDeciA: DeciA;
}

/** Defaults that are not as they should be, or not sure. A higher one waits until it fits beside all the others. */
function defaultsToTell(
  records: readonly ConnectorRecord[],
  circuits: readonly CircuitLimit[],
  cars: readonly Car[],
): Wanted[] {
  const wrong = records.filter(
    ({ facts, mayDefaultDeciA, isDefaultSure }) =>
      !isDefaultSure || mayDefaultDeciA.length > 1 || mayDefaultDeciA[0] !== facts.offlineDeciA,
  );
  return wrong.flatMap(({ facts, mayDefaultDeciA }) => {
    const { connector, offlineDeciA: toDeciA } = facts;
    const fits = toDeciA <= Math.max(...mayDefaultDeciA) || allBears(circuits, cars, connector);
    return fits ? [{ connector, purpose: 'default' as const, toDeciA }] : [];
  });
}

/** Whether the circuits bear all that may be followed, with what is to be reserved for that connector. */
function allBears(circuits: readonly CircuitLimit[], cars: readonly Car[], connector: string): boolean {
  const room = new Room(circuits, cars);
  for (const car of cars) room.move(car, 0, car.mayFollowDeciA);
  const car = cars.find((one) => one.connector === connector);
  return car !== undefined && room.bears(car);
}

/** Sessions that may or may not follow what they should: told again. */
function unsure(records: readonly ConnectorRecord[], { limits, steps }: Allocation): Omit<Wanted, 'purpose'>[] {
  const moved = new Set([...steps.decreases, ...steps.increases].map(({ connector }) => connector));
  const doubtful = new Set(
    records
      .filter(({ session }) => session !== null && (!session.isSure || session.mayFollowDeciA.length > 1))
      .map(({ facts }) => facts.connector),
  );
  return limits
    .filter(({ connector, why }) => doubtful.has(connector) && !moved.has(connector) && why.code !== 'fixed')
    .map(({ connector, limitDeciA }) => ({ connector, toDeciA: limitDeciA }));
}

/** From the moment an order is given the charger may follow it. */
function sent(data: CircuitData, wanted: readonly Wanted[], atMs: number): Omit<Decided, 'allocation'> {
  const connectors = { ...data.connectors };
  const orders: LimitOrder[] = [];
  let { lastOrderId } = data;
  for (const { connector, purpose, toDeciA } of wanted) {
    const record = connectors[connector];
    if (record === undefined) continue;
    lastOrderId += 1;
    const sessionId = purpose === 'session' ? (record.session?.id ?? null) : null;
    const order: LimitOrder = { id: lastOrderId, connector, purpose, sessionId, limitDeciA: toDeciA };
    orders.push(order);
    connectors[connector] = purpose === 'default' ? withDefault(record, order) : withLimit(record, order, atMs);
  }
  return { data: { ...data, connectors, lastOrderId }, orders };
}

function withDefault(record: ConnectorRecord, order: LimitOrder): ConnectorRecord {
  const before = record.mayDefaultDeciA;
  const pending: PendingOrder = { ...order, isNew: !before.includes(order.limitDeciA), beforeDeciA: 0, wasCut: false };
  const mayDefaultDeciA = union(before, [order.limitDeciA]);
  const { session } = record;
  return {
    ...record,
    order: pending,
    mayDefaultDeciA,
    // A session that has no limit of its own yet follows the default that is on its way.
    session:
      session === null ? null : { ...session, mayFollowDeciA: union(session.mayFollowDeciA, [order.limitDeciA]) },
  };
}

function withLimit(record: ConnectorRecord, order: LimitOrder, atMs: number): ConnectorRecord {
  const { session } = record;
  if (session === null) return record;
  const before = session.givenDeciA;
  const isNew = !session.mayFollowDeciA.includes(order.limitDeciA);
  const begins = order.limitDeciA >= FLOOR_DECI_A && before < FLOOR_DECI_A;
  const pauses = order.limitDeciA < FLOOR_DECI_A && before >= FLOOR_DECI_A;
  const isRaised = order.limitDeciA > before;
  return {
    ...record,
    order: { ...order, isNew, beforeDeciA: before, wasCut: false },
    session: {
      ...session,
      mayFollowDeciA: union(session.mayFollowDeciA, [order.limitDeciA]),
      givenDeciA: order.limitDeciA,
      toldAtMs: atMs,
      givenSinceMs: begins ? atMs : session.givenSinceMs,
      waitsSinceMs: pauses ? atMs : session.waitsSinceMs,
      raisedAtMs: isRaised ? atMs : session.raisedAtMs,
      raisedFromPause: isRaised ? begins : session.raisedFromPause,
      // What it took before a pause says nothing of what it takes once it wakes.
      taken: begins ? null : session.taken,
    },
  };
}
