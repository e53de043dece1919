import { endsBefore } from './decide-meter-values.js';
import { endHolds, figureFlags } from './decide-stop.js';
import type { EventMessage, ToldEvent } from './event.js';
import type { Decision, Facts, NewReading, TransactionChange, TransactionFacts } from './facts.js';
import type { Flag } from './flags.js';
import { hasGap } from './sequence.js';

/** The event with the register at its end as it is meant (meant-register.ts), which is the one that its reading bears. */
export function withMeantEnd(message: EventMessage, readings: readonly NewReading[]): EventMessage {
  if (message.kind !== 'transaction-stopped' || message.meterStopWh === null) return message;
  return { ...message, meterStopWh: endOf(readings)?.importWh ?? message.meterStopWh };
}

function endOf(readings: readonly NewReading[]): NewReading | undefined {
  return readings.find((one) => one.context === 'Transaction.End') ?? readings.at(-1);
}

/** The end that an event tells: with its own register at the end if it is this transaction's, else the last that is known. */
export function decideEventEnd(
  { message, at, readings }: ToldEvent,
  known: TransactionFacts | null,
  facts: Facts,
): NonNullable<TransactionChange['end']> | null {
  if (message.kind !== 'transaction-stopped' || !endHolds(message, known, at)) return null;
  if (endOf(readings)?.transactionId === null) return null;
  const meterStopWh = message.meterStopWh ?? (known === null ? null : facts.lastRegisterWh);
  return { stoppedAt: at, meterStopWh, reason: message.reason };
}

/** What is odd about the transaction's end, seen with this event. */
export function endFlags({ message, event, at, readings }: ToldEvent, known: TransactionFacts | null): Flag[] {
  const flags: Flag[] = [];
  const stoppedAt = known?.stoppedAt ?? null;
  if (message.kind === 'transaction-stopped') {
    flags.push(...figureFlags(message, known, at));
    if (known?.hasStart !== true) flags.push('stop-without-start');
  } else {
    if (known !== null && endsBefore(known, readings)) flags.push('reading-after-stop');
    if (message.kind === 'transaction-started' && stoppedAt !== null && stoppedAt < at)
      flags.push('stopped-before-start');
  }
  const hasEnded = message.kind === 'transaction-stopped' || stoppedAt !== null;
  if (hasEnded && hasGap(known?.seqNos ?? [], event.seqNo)) flags.push('sequence-gap');
  return flags;
}

/** What was missing of an ended transaction and has come with this event. */
export function settledBy(
  { message, event }: ToldEvent,
  known: TransactionFacts | null,
): NonNullable<Decision['settles']> {
  if (known === null) return [];
  const codes: Flag[] = [];
  if (message.kind === 'transaction-started') codes.push('stop-without-start');
  if (!hasGap(known.seqNos, event.seqNo)) codes.push('sequence-gap');
  return codes.filter((code) => known.flags.includes(code)).map((code) => ({ code, transactionId: known.id }));
}
