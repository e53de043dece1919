import type { MeterValues } from '#libs/ocpp/messages.js';

import { isPlausible } from './decide-instant.js';
import { decideReadings } from './decide-readings.js';
import type { Concern, ConnectorChange, Decision, Facts, NewReading, TransactionFacts } from './facts.js';
import type { Flag } from './flags.js';
import { isCountedSince, laterSessions } from './later-sessions.js';
import { isPossibleRise, meantRegister, meterOf } from './meant-register.js';

/** Meter values are always kept: with their transaction, with one found by time, or with the charger alone. */
export function decideMeterValues(
  values: MeterValues,
  facts: Facts,
  context: { readonly chargerId: string; readonly receivedAt: Date },
): Decision {
  const { transaction, lookFlag, connectorId = values.connectorId } = transactionOf(values, facts, context.chargerId);
  const place = {
    connectorId: transaction?.connectorId ?? connectorId,
    transactionId: transaction?.id ?? null,
  };
  const isNamed = place.transactionId === values.transactionId;
  const meter = meterOf(transaction, values.samples, isNamed ? facts.lastRegisterWh : null);
  const { readings, flags } = decideReadings(values.samples, place, context.receivedAt, meter);
  for (const doubt of values.doubts) flags.add(doubt);
  if (lookFlag !== null) flags.add(lookFlag);
  if (transaction !== null && endsBefore(transaction, readings)) flags.add('reading-after-stop');
  const lastReadingAt = latestPlausible(readings, context.receivedAt);
  const detail = { connectorId: place.connectorId, toldTransactionId: values.transactionId };
  return {
    answer: { kind: 'empty' },
    readings,
    changes: transaction === null || lastReadingAt === null ? [] : [{ id: transaction.id, lastReadingAt }],
    concerns: [...flags].map((code): Concern => ({ code, transactionId: place.transactionId, detail })),
    live: liveOf(values, place, transaction, readings.at(-1)),
  };
}

/** `connectorId`: where values of no transaction were told, if they say more of it than their own. */
interface Found {
  readonly transaction: TransactionFacts | null;
  readonly lookFlag: Flag | null;
  readonly connectorId?: number;
}

function transactionOf(values: MeterValues, facts: Facts, chargerId: string): Found {
  const named = facts.transactions.find((one) => one.id === values.transactionId && one.chargerId === chargerId);
  if (named !== undefined) return sinceItsEnd(named, values, facts) ?? { transaction: named, lookFlag: null };
  const found = underWay(values, facts, chargerId);
  if (values.transactionId === null) return { transaction: found, lookFlag: null };
  return { transaction: found, lookFlag: found === null ? 'unknown-transaction' : 'found-by-time' };
}

/** Values that name a session which had ended before the next one began: the next one's, or nobody's; null: its own. */
function sinceItsEnd(named: TransactionFacts, values: MeterValues, facts: Facts): Found | null {
  const at = values.samples[0]?.stamp.at ?? null;
  const later = at === null ? [] : laterSessions(named, facts.transactions, at);
  if (later.length === 0) return null;
  const { connectorId, chargerId } = named;
  const found = underWay({ ...values, connectorId }, { ...facts, transactions: later }, chargerId);
  if (found !== null) return { transaction: found, lookFlag: 'found-by-time' };
  const registers = values.samples.flatMap(({ importWh }) => importWh ?? []);
  const isCounted = registers.length > 0 && registers.every((importWh) => isCountedSince(named, later, importWh));
  return isCounted ? { transaction: null, lookFlag: 'reading-after-stop', connectorId } : null;
}

/**
 * Chargers may leave the transaction out (OCPP 1.6: optional), or name one that was never theirs. Values of a connector
 * belong to the transaction that was under way there all the while, if the register fits: they show in which band its
 * energy flowed. Any other register is another meter's; taken for the session's it would be billed as all it ever counted.
 */
function underWay(values: MeterValues, facts: Facts, chargerId: string): TransactionFacts | null {
  const registers = values.samples.filter((sample) => sample.importWh !== undefined);
  const isNamed = values.transactionId !== null;
  const isMain = values.connectorId === 0;
  if (isMain && !isNamed) return null;
  if (registers.length === 0 && (isMain || !isNamed)) return null;
  const told = registers.length === 0 ? values.samples : registers;
  const first = told[0]?.stamp.at ?? null;
  const one = first === null ? null : candidateOf(values.connectorId, facts, { chargerId, first });
  if (one === null || (isMain && (one.meterStartWh ?? 0) <= 0)) return null;
  const known = meterOf(one, registers, null);
  // an idle register, and the charger's own, is no count of the session
  const meter = known === null || (isNamed && !isMain) ? known : { ...known, isAbsolute: true };
  const fits = told.every((sample) => {
    const { at } = sample.stamp;
    if (at === null || !runsAt(one, values.connectorId, at)) return false;
    return sample.importWh === undefined || fitsIn(one, meantRegister(sample, meter).importWh, at);
  });
  return fits ? one : null;
}

/** The last that had begun on the connector by then; where the charger speaks of itself, the only one that ran. */
function candidateOf(
  connectorId: number,
  facts: Facts,
  { chargerId, first }: { readonly chargerId: string; readonly first: Date },
): TransactionFacts | null {
  const own = facts.transactions.filter((one) => one.chargerId === chargerId);
  if (connectorId > 0) return own.find((one) => one.connectorId === connectorId && one.startedAt <= first) ?? null;
  const running = own.filter((one) => runsAt(one, 0, first));
  return running.length === 1 ? (running[0] ?? null) : null;
}

/** Whether the transaction's register can have stood there at that instant. */
function fitsIn(one: TransactionFacts, importWh: number, at: Date): boolean {
  if (importWh > (one.meterStopWh ?? Infinity)) return false;
  if (one.meterStartWh === null) return importWh >= 0;
  return isPossibleRise(importWh - one.meterStartWh, at.getTime() - one.startedAt.getTime());
}

/** Whether the transaction of that connector (0: of any) was under way at the instant. */
export function runsAt(one: TransactionFacts, connectorId: number, at: Date): boolean {
  const here = connectorId === 0 || one.connectorId === connectorId;
  return here && one.startedAt <= at && (one.stoppedAt === null || one.stoppedAt >= at);
}

export function endsBefore(transaction: TransactionFacts, readings: readonly NewReading[]): boolean {
  const { stoppedAt } = transaction;
  return stoppedAt !== null && readings.some((one) => one.at > stoppedAt);
}

export function latestPlausible(readings: readonly NewReading[], receivedAt: Date): Date | null {
  const times = readings.filter((one) => isPlausible(one.at, receivedAt)).map((one) => one.at.getTime());
  return times.length === 0 ? null : new Date(Math.max(...times));
}

/** The live view follows running transactions and idle connectors, not what is delivered of ended ones. */
function liveOf(
  values: MeterValues,
  place: { readonly connectorId: number; readonly transactionId: number | null },
  transaction: TransactionFacts | null,
  lastReading: NewReading | undefined,
): ConnectorChange[] {
  const last = values.samples.at(-1);
  if (last === undefined || (transaction !== null && transaction.stoppedAt !== null)) return [];
  return [
    {
      connectorId: place.connectorId,
      ...(transaction === null ? {} : { transactionId: transaction.id }),
      ...(last.powerW === undefined ? {} : { powerW: last.powerW }),
      ...(last.offeredW === undefined ? {} : { offeredW: last.offeredW }),
      ...(last.perConductorDeciA === undefined ? {} : { perConductorDeciA: last.perConductorDeciA }),
      ...(lastReading === undefined ? {} : { importWh: lastReading.importWh }),
    },
  ];
}
