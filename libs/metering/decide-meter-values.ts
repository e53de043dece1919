import type { MeterValues } from '#libs/ocpp/messages.js';

import { isPlausible } from './decide-instant.js';
import { decideReadings } from './decide-readings.js';
import type { Concern, ConnectorChange, Decision, Facts, NewReading, TransactionFacts } from './facts.js';
import type { Flag } from './flags.js';
import { meantRegister, meterOf } from './meant-register.js';

/** Meter values are always kept: with their transaction, with one found by time, or with the charger alone. */
export function decideMeterValues(
  values: MeterValues,
  facts: Facts,
  context: { readonly chargerId: string; readonly receivedAt: Date },
): Decision {
  const { transaction, lookFlag } = transactionOf(values, facts, context.chargerId);
  const place = {
    connectorId: transaction?.connectorId ?? values.connectorId,
    transactionId: transaction?.id ?? null,
  };
  const meter = meterOf(transaction, values.samples, facts.lastRegisterWh);
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
    live: liveOf(values, place, transaction),
  };
}

function transactionOf(
  values: MeterValues,
  facts: Facts,
  chargerId: string,
): { transaction: TransactionFacts | null; lookFlag: Flag | null } {
  if (values.transactionId === null) return { transaction: underWay(values, facts, chargerId), lookFlag: null };
  const named = facts.transactions.find((one) => one.id === values.transactionId && one.chargerId === chargerId);
  if (named !== undefined) return { transaction: named, lookFlag: null };
  const at = values.samples[0]?.stamp.at ?? null;
  const found = at === null ? undefined : facts.transactions.find((one) => runsAt(one, values.connectorId, at));
  return found === undefined
    ? { transaction: null, lookFlag: 'unknown-transaction' }
    : { transaction: found, lookFlag: 'found-by-time' };
}

/**
 * Chargers may leave the transaction out (OCPP 1.6: optional). Values of a connector belong to the transaction that was
 * under way there all the while, if the register fits: they show in which band its energy flowed.
 */
function underWay(values: MeterValues, facts: Facts, chargerId: string): TransactionFacts | null {
  const registers = values.samples.filter((sample) => sample.importWh !== undefined);
  const first = registers[0]?.stamp.at;
  if (values.connectorId === 0 || first === undefined || first === null) return null;
  const here = facts.transactions.filter(
    (one) => one.chargerId === chargerId && one.connectorId === values.connectorId,
  );
  const latest = here.find((one) => one.startedAt <= first);
  const known = meterOf(latest ?? null, registers, null);
  const meter = known === null ? null : { ...known, isAbsolute: true }; // an idle register is no count of the session
  const fits = registers.every((sample) => {
    const { at } = sample.stamp;
    if (latest === undefined || at === null || !runsAt(latest, values.connectorId, at)) return false;
    const { importWh } = meantRegister(sample, meter);
    return importWh >= (latest.meterStartWh ?? 0) && importWh <= (latest.meterStopWh ?? Infinity);
  });
  return fits && latest !== undefined ? latest : null;
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
      ...(last.importWh === undefined ? {} : { importWh: last.importWh }),
    },
  ];
}
