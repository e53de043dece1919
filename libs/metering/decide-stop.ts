import { createHash } from 'node:crypto';

import type { Sample, TransactionStopped } from '#libs/ocpp/messages.js';

import { decideInstant } from './decide-instant.js';
import { latestPlausible, runsAt } from './decide-meter-values.js';
import { decideReadings } from './decide-readings.js';
import { tokenAnswer } from './decide-token.js';
import type { ConnectorChange, Decision, Facts, NewReading, NewTransaction, TransactionFacts } from './facts.js';
import type { Flag } from './flags.js';
import { isCountedSince, laterSessions } from './later-sessions.js';
import { isPossibleRise, meterOf } from './meant-register.js';

interface Context {
  readonly chargerId: string;
  readonly receivedAt: Date;
}

/** The transaction made up for a lone Stop is one, however often and under whatever message id the Stop is told. */
export function stopKey(chargerId: string, stop: TransactionStopped, at: Date): string {
  const parts = [chargerId, stop.transactionId, at.toISOString(), stop.meterStopWh];
  return `stop/${createHash('sha256').update(JSON.stringify(parts)).digest('hex')}`;
}

/**
 * A StopTransaction always leaves a stopped transaction: the named one, the one that ran at that time, or one made
 * up and flagged. Told again it changes nothing; told differently, the later end with the higher register holds.
 */
export function decideStop(stop: TransactionStopped, facts: Facts, context: Context): Decision {
  const { at, flags: timeFlags } = decideInstant(stop.stamp, context.receivedAt);
  const { transaction, lookFlag, former = null } = transactionOf(stop, facts, context.chargerId, at);
  const id = transaction?.id ?? facts.newTransactionId;
  const connectorId = transaction?.connectorId ?? facts.transactions[0]?.connectorId ?? 1;
  const place = { connectorId, transactionId: id };
  const [samples, formerSamples] = partition(stop.samples, former);
  const meter = meterOf(transaction, samples, former === null ? facts.lastRegisterWh : null);
  const { readings, flags } = decideReadings(samples, place, context.receivedAt, meter);
  readings.push(...endReading(stop, place, at, transaction), ...readingsOf(former, formerSamples, context));
  for (const flag of [...timeFlags, ...stop.doubts]) flags.add(flag);
  if (lookFlag !== null) flags.add(lookFlag);
  for (const flag of figureFlags(stop, transaction, at)) flags.add(flag);
  const holds = endHolds(stop, transaction, at);
  const lastReadingAt = latestPlausible(readings, context.receivedAt);
  return {
    answer: stop.idTag === null ? { kind: 'empty' } : tokenAnswer(facts.token),
    ...(transaction === null ? { begins: madeUp(stop, { id, connectorId, at }, readings, context) } : {}),
    changes: [
      {
        id,
        ...(holds ? { end: { stoppedAt: at, meterStopWh: stop.meterStopWh, reason: stop.reason } } : {}),
        ...(lastReadingAt === null ? {} : { lastReadingAt }),
      },
    ],
    readings,
    concerns: [...flags].map((code) => ({
      code,
      transactionId: id,
      detail: { toldTransactionId: stop.transactionId },
    })),
    live: liveOf(transaction, facts),
  };
}

/** `former`: the session that is named, when the Stop is another one's. */
interface Found {
  readonly transaction: TransactionFacts | null;
  readonly lookFlag: Flag | null;
  readonly former?: TransactionFacts;
}

function transactionOf(stop: TransactionStopped, facts: Facts, chargerId: string, at: Date): Found {
  const named = facts.transactions.find((one) => one.id === stop.transactionId && one.chargerId === chargerId);
  if (named !== undefined) return sinceItsEnd(named, stop, facts, at) ?? { transaction: named, lookFlag: null };
  const own = facts.transactions.filter((one) => one.chargerId === chargerId);
  const key = stopKey(chargerId, stop, at);
  const sameEnd = own.find((one) => one.startKey === key || isSameEnd(stop, one, at));
  if (sameEnd !== undefined) return { transaction: sameEnd, lookFlag: null };
  const found = endedBy(stop, own, at);
  return found === null
    ? { transaction: null, lookFlag: 'stop-without-start' }
    : { transaction: found, lookFlag: 'found-by-time' };
}

/**
 * A Stop that names a session which had ended before the next one began: the end of the next one, or a lone one; null:
 * another end of the one that is named.
 */
function sinceItsEnd(former: TransactionFacts, stop: TransactionStopped, facts: Facts, at: Date): Found | null {
  const later = laterSessions(former, facts.transactions, at);
  const { meterStopWh } = stop;
  if (later.length === 0 || meterStopWh === null) return null;
  const key = stopKey(former.chargerId, stop, at);
  const known = later.find((one) => one.startKey === key || isSameEnd(stop, one, at));
  if (known !== undefined) return { transaction: known, lookFlag: null, former };
  const found = endedBy(stop, later.slice(0, 1), at);
  if (found !== null && riseOf(stop, found) !== null) return { transaction: found, lookFlag: 'found-by-time', former };
  if (!isCountedSince(former, later, meterStopWh)) return null;
  return { transaction: null, lookFlag: 'stop-without-start', former };
}

/** A Stop's samples, and those that the session before has taken until its end. */
function partition(samples: readonly Sample[], former: TransactionFacts | null): [Sample[], Sample[]] {
  const stoppedAt = former?.stoppedAt ?? null;
  const isFormer = ({ stamp }: Sample): boolean => stoppedAt !== null && stamp.at !== null && stamp.at <= stoppedAt;
  return [samples.filter((one) => !isFormer(one)), samples.filter(isFormer)];
}

function readingsOf(former: TransactionFacts | null, samples: readonly Sample[], context: Context): NewReading[] {
  if (former === null) return [];
  const place = { connectorId: former.connectorId, transactionId: former.id };
  return decideReadings(samples, place, context.receivedAt, meterOf(former, samples, null)).readings;
}

/**
 * The transaction that a Stop ends which names none of the charger's: one that ran and whose register can have come to
 * meterStop by then, first those of the same card, then the one that it comes next to. Any other would be billed what
 * another connector's meter counted.
 */
function endedBy(stop: TransactionStopped, own: readonly TransactionFacts[], at: Date): TransactionFacts | null {
  const isSameCard = (one: TransactionFacts): boolean =>
    stop.idTag !== null && one.idTag?.toLowerCase() === stop.idTag.toLowerCase();
  const fitting = own.flatMap((one) => {
    if (one.stoppedAt !== null || !runsAt(one, 0, at)) return [];
    const rise = riseOf(stop, one);
    if (rise === null) return [{ one, rise: Infinity }]; // unknown: behind those that are known to fit
    return isPossibleRise(rise, at.getTime() - one.startedAt.getTime()) ? [{ one, rise }] : [];
  });
  fitting.sort((a, b) => Number(isSameCard(b.one)) - Number(isSameCard(a.one)) || compare(a.rise, b.rise));
  return fitting[0]?.one ?? null;
}

/** Stable for the unknown: the latest start stays first. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

/** Wh from the transaction's Start to this Stop; null when one of both is no register. */
function riseOf({ meterStopWh }: TransactionStopped, { meterStartWh }: TransactionFacts): number | null {
  if (meterStopWh === null || meterStopWh < 0 || meterStartWh === null) return null;
  return isNoRegister(meterStopWh, meterStartWh) ? null : meterStopWh - meterStartWh;
}

/** A meterStop of 0 below the meterStart: the next session's register would rise from it by all the meter counted. */
function isNoRegister(meterStopWh: number, meterStartWh: number | null): boolean {
  return meterStopWh === 0 && (meterStartWh ?? 0) > 0;
}

function isSameEnd(stop: TransactionStopped, one: TransactionFacts, at: Date): boolean {
  const isSameFigure = stop.meterStopWh === null || one.meterStopWh === stop.meterStopWh;
  return one.stoppedAt?.getTime() === at.getTime() && isSameFigure;
}

/** Whether this Stop is the transaction's end. */
export function endHolds(stop: TransactionStopped, one: TransactionFacts | null, at: Date): boolean {
  if (one === null || one.stoppedAt === null) return true;
  if (isSameEnd(stop, one, at)) return false;
  return at > one.stoppedAt && stop.meterStopWh !== null && stop.meterStopWh >= (one.meterStopWh ?? 0);
}

export function figureFlags(stop: TransactionStopped, one: TransactionFacts | null, at: Date): Flag[] {
  const flags: Flag[] = [];
  if ((stop.meterStopWh ?? 0) < 0) flags.push('negative-register');
  if (one === null) return flags;
  const startWh = one.meterStartWh;
  if (startWh !== null && stop.meterStopWh !== null && stop.meterStopWh < startWh) flags.push('meter-stop-below-start');
  if (at < one.startedAt) flags.push('stopped-before-start');
  if (one.stoppedAt !== null && !isSameEnd(stop, one, at)) flags.push('stopped-twice');
  return flags;
}

function endReading(
  stop: TransactionStopped,
  place: { readonly connectorId: number; readonly transactionId: number },
  at: Date,
  transaction: TransactionFacts | null,
): NewReading[] {
  if (stop.meterStopWh === null) return [];
  if (isNoRegister(stop.meterStopWh, transaction?.meterStartWh ?? null)) return [];
  return [{ ...place, at, importWh: stop.meterStopWh, exportWh: null, context: 'Transaction.End' }];
}

/** The transaction of a lone Stop begins with the first reading it brings along; its meterStart is unknown. */
function madeUp(
  stop: TransactionStopped,
  place: { readonly id: number; readonly connectorId: number; readonly at: Date },
  readings: readonly NewReading[],
  context: Context,
): NewTransaction {
  const first = Math.min(place.at.getTime(), ...readings.map((one) => one.at.getTime()));
  return {
    id: place.id,
    connectorId: place.connectorId,
    idTag: stop.idTag,
    startedAt: new Date(first),
    meterStartWh: null,
    startKey: stopKey(context.chargerId, stop, place.at),
    hasStart: false,
  };
}

/** The connector rests, unless another transaction runs on it by now. */
function liveOf(transaction: TransactionFacts | null, facts: Facts): ConnectorChange[] {
  if (transaction === null) return [];
  const other = facts.transactions.some(
    (one) => one.id !== transaction.id && one.connectorId === transaction.connectorId && one.stoppedAt === null,
  );
  return other ? [] : [{ connectorId: transaction.connectorId, powerW: 0, transactionId: null }];
}
