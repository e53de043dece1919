import type {
  CircuitData,
  CircuitEvent,
  ConnectorFacts,
  ConnectorRecord,
  PendingOrder,
  SessionRecord,
} from './circuit-records.js';
import type { DeciA } from './current.js';
import { foldMainMeter } from './fold-main-meter.js';
import { foldMeasured } from './fold-readings.js';
import { union } from './known-limits.js';

/** Three failures in a row: it does not obey. */
export const FAILURES_TO_GIVE_UP = 3;

const MOST_DOUBLINGS = 6;

/** A car that comes to rest takes nothing of what it was last measured to take. In OCPP 1.6's words. */
const RESTING: ReadonlySet<string> = new Set(['Available', 'SuspendedEV', 'SuspendedEVSE', 'Finishing', 'Faulted']);

/** What is known after an event. Events that name what is not there change nothing. */
export function fold(data: CircuitData, event: CircuitEvent): CircuitData {
  switch (event.kind) {
    case 'time':
      return data;
    case 'configured':
      return {
        ...data,
        circuits: event.circuits,
        connectors: Object.fromEntries(
          event.connectors.map((facts) => [facts.connector, known(data.connectors[facts.connector], facts)]),
        ),
      };
    case 'charger':
      return change(
        data,
        (record) => record.facts.chargerId === event.chargerId,
        (record) => presence(record, event),
      );
    case 'connector':
      return at(data, event.connector, (record) => told(record, event));
    case 'measured':
      return at(data, event.connector, (record) => foldMeasured(record, event, data.options));
    case 'main-meter':
      return foldMainMeter(data, event);
    case 'answered':
      return change(
        data,
        (record) => record.order?.id === event.orderId,
        (record) => answered(record, event, data.options.retryMs),
      );
    default:
      return never(event);
  }
}

function change(
  data: CircuitData,
  concerns: (record: ConnectorRecord) => boolean,
  changed: (record: ConnectorRecord) => ConnectorRecord,
): CircuitData {
  const entries = Object.entries(data.connectors);
  return {
    ...data,
    connectors: Object.fromEntries(entries.map(([key, one]) => [key, concerns(one) ? changed(one) : one])),
  };
}

function at(data: CircuitData, connector: string, changed: (record: ConnectorRecord) => ConnectorRecord): CircuitData {
  const record = data.connectors[connector];
  return record === undefined ? data : { ...data, connectors: { ...data.connectors, [connector]: changed(record) } };
}

function known(record: ConnectorRecord | undefined, facts: ConnectorFacts): ConnectorRecord {
  if (record?.facts.rotation === facts.rotation) return { ...record, facts };
  if (record !== undefined) return { ...record, facts, flow: null, session: unwired(record.session) };
  return {
    facts,
    presence: 'never',
    connectionId: null,
    status: null,
    mayDefaultDeciA: [facts.maxDeciA],
    isDefaultSure: false,
    session: null,
    order: null,
    failures: 0,
    notBeforeMs: 0,
    flow: null,
  };
}

/** Wired otherwise than was believed, its readings so far say nothing of who uses which phase. */
function unwired(session: SessionRecord | null): SessionRecord | null {
  return session === null ? null : { ...session, uses: null, usesSeen: null };
}

/** What one becomes that is not there. */
const AWAY = { never: 'away', away: 'away', online: 'offline', offline: 'offline' } as const;

/**
 * One that comes back, noticed or not, may have forgotten its session's limit: then its default holds. Both are told again.
 */
function presence(
  record: ConnectorRecord,
  { atMs, online, connectionId }: Extract<CircuitEvent, { kind: 'charger' }>,
): ConnectorRecord {
  if (!online) return { ...record, presence: AWAY[record.presence] };
  const isOther = connectionId !== null && connectionId !== record.connectionId;
  if (record.presence === 'online' && !isOther) return record;
  const { session, order, mayDefaultDeciA } = record;
  return {
    ...record,
    presence: 'online',
    connectionId: connectionId ?? record.connectionId,
    session:
      session === null
        ? null
        : { ...session, mayFollowDeciA: union(session.mayFollowDeciA, mayDefaultDeciA), isSure: false },
    order: order === null ? null : { ...order, wasCut: true },
    isDefaultSure: false,
    failures: 0,
    notBeforeMs: atMs,
  };
}

function told(
  record: ConnectorRecord,
  event: { readonly atMs: number; readonly status: string; readonly sessionId: string | null },
): ConnectorRecord {
  const { status, sessionId } = event;
  if (record.session?.id === sessionId || (record.session === null && sessionId === null)) {
    const flow = status !== record.status && RESTING.has(status) ? null : record.flow;
    return { ...record, status, flow };
  }
  const session = sessionId === null ? null : newSession(sessionId, record, event.atMs);
  return { ...record, status, session, flow: null };
}

/** A session begins under the default; the profile of the one before ended with it (OCPP 1.6, 3.13.1). */
function newSession(id: string, { mayDefaultDeciA, isDefaultSure }: ConnectorRecord, atMs: number): SessionRecord {
  return {
    id,
    mayFollowDeciA: mayDefaultDeciA,
    isSure: isDefaultSure,
    defies: false,
    toldAtMs: atMs,
    givenDeciA: Math.min(...mayDefaultDeciA),
    givenSinceMs: atMs,
    waitsSinceMs: atMs,
    raisedAtMs: atMs,
    raisedFromPause: true,
    uses: null,
    usesSeen: null,
    taken: null,
  };
}

function answered(
  record: ConnectorRecord,
  { atMs, result }: Extract<CircuitEvent, { kind: 'answered' }>,
  retryMs: number,
): ConnectorRecord {
  const { order } = record;
  if (order === null) return record;
  const done = { ...record, order: null };
  switch (result) {
    case 'confirmed':
      if (order.wasCut) return { ...done, failures: 0, notBeforeMs: atMs };
      if (isDefied(record, order)) return later(heardOf(done, order, atMs), atMs, retryMs);
      return { ...followed(heardOf(done, order, atMs), order), failures: 0, notBeforeMs: atMs };
    case 'absent':
      return { ...takenBack(done, order), notBeforeMs: atMs + retryMs };
    case 'refused':
      return later(takenBack(done, order), atMs, retryMs);
    case 'unknown':
      return later(done, atMs, retryMs);
    default:
      return never(result);
  }
}

function later(record: ConnectorRecord, atMs: number, retryMs: number): ConnectorRecord {
  const wait = retryMs * 2 ** Math.min(record.failures, MOST_DOUBLINGS);
  return { ...record, failures: record.failures + 1, notBeforeMs: atMs + wait };
}

/** It never followed this: what it may follow and what it was given are as before. */
function takenBack(record: ConnectorRecord, order: PendingOrder): ConnectorRecord {
  const without = (limits: readonly DeciA[]): readonly DeciA[] =>
    order.isNew ? limits.filter((deciA) => deciA !== order.limitDeciA) : limits;
  if (order.purpose === 'default') return { ...record, mayDefaultDeciA: without(record.mayDefaultDeciA) };
  return ofSession(record, order, (session) => ({
    mayFollowDeciA: without(session.mayFollowDeciA),
    givenDeciA: order.beforeDeciA,
  }));
}

function isDefied({ session }: ConnectorRecord, { sessionId }: PendingOrder): boolean {
  return session !== null && session.id === sessionId && session.defies;
}

function heardOf(record: ConnectorRecord, order: PendingOrder, atMs: number): ConnectorRecord {
  return ofSession(record, order, () => ({ toldAtMs: atMs, isSure: true }));
}

function followed(record: ConnectorRecord, order: PendingOrder): ConnectorRecord {
  const limits = [order.limitDeciA];
  if (order.purpose === 'default') return { ...record, mayDefaultDeciA: limits, isDefaultSure: true };
  return ofSession(record, order, () => ({ mayFollowDeciA: limits }));
}

/** Changes the session the order was for, if it is still there. */
function ofSession(
  record: ConnectorRecord,
  order: PendingOrder,
  changed: (session: SessionRecord) => Partial<SessionRecord>,
): ConnectorRecord {
  const { session } = record;
  return session === null || session.id !== order.sessionId
    ? record
    : { ...record, session: { ...session, ...changed(session) } };
}

function never(value: never): never {
  throw new Error(`not foreseen: ${JSON.stringify(value)}`);
}
