import type { Sample } from '#libs/ocpp/messages.js';

import { isPlausible } from './decide-instant.js';
import type { ToldEvent } from './event.js';
import type { TransactionBegin, TransactionFacts } from './facts.js';

/** One transaction by its charger and the name the charger gave it. */
function startKeyOf({ chargerId, event }: ToldEvent): string {
  return `ref/${chargerId}/${event.ref}`;
}

/**
 * The beginning of a transaction as it is known with this event, or null when the event changes nothing of it. Until
 * its Started event comes a transaction begins with the earliest of what has come; then it is as the Started event says.
 */
export function decideEventBegin(told: ToldEvent, known: TransactionFacts | null): TransactionBegin | null {
  const { message, event, at, connectorId } = told;
  const starts = message.kind === 'transaction-started' && known?.hasStart !== true;
  const startedAt = starts ? at : earliest(told, known);
  const begin: TransactionBegin = {
    connectorId,
    idTag: (starts ? event.idTag : null) ?? known?.idTag ?? event.idTag,
    startedAt,
    meterStartWh: meterStart(told, known, { starts, isEarlier: known !== null && startedAt < known.startedAt }),
    startKey: startKeyOf(told),
    hasStart: starts,
  };
  return known !== null && !starts && isSame(begin, known) ? null : begin;
}

function earliest({ at, readings, receivedAt }: ToldEvent, known: TransactionFacts | null): Date {
  if (known?.hasStart === true) return known.startedAt;
  const instants = [at, ...readings.map((one) => one.at)].filter((one) => isPlausible(one, receivedAt));
  const times = [...instants, ...(known === null ? [] : [known.startedAt])].map((one) => one.getTime());
  return times.length === 0 ? at : new Date(Math.min(...times));
}

/** The register at Transaction.Begin, wherever it is told; else the first that is told, which is not the one at the end. */
function meterStart(
  { message }: ToldEvent,
  known: TransactionFacts | null,
  { starts, isEarlier }: { readonly starts: boolean; readonly isEarlier: boolean },
): number | null {
  const { samples } = message;
  const stored = known?.meterStartWh ?? null;
  const begin = samples.find((one) => one.context === 'Transaction.Begin' && one.importWh !== undefined);
  if (begin !== undefined && !isOfAnother(begin, known)) return registerOf(begin);
  if (stored !== null && !starts && !isEarlier) return stored;
  const isEnd = message.kind === 'transaction-stopped';
  const registers = samples.filter((one) => one.importWh !== undefined);
  const candidates = isEnd ? registers.slice(0, -1) : registers;
  return registerOf(candidates[0]) ?? stored;
}

/** A beginning later than the transaction's own, with a higher register, is of another that bears its name. */
function isOfAnother({ importWh = 0, stamp }: Sample, known: TransactionFacts | null): boolean {
  if (known === null || !known.hasStart || known.meterStartWh === null) return false;
  return stamp.at?.getTime() !== known.startedAt.getTime() && importWh > known.meterStartWh;
}

function registerOf(sample: Sample | undefined): number | null {
  return sample?.importWh ?? null;
}

function isSame(begin: TransactionBegin, known: TransactionFacts): boolean {
  return (
    begin.connectorId === known.connectorId &&
    begin.idTag === known.idTag &&
    begin.startedAt.getTime() === known.startedAt.getTime() &&
    begin.meterStartWh === known.meterStartWh
  );
}
