import { createHash } from 'node:crypto';

import type { TransactionStarted } from '#libs/ocpp/messages.js';

import { decideInstant, isPlausible } from './decide-instant.js';
import { tokenAnswer, tokenFlag, tokenStatus } from './decide-token.js';
import type { Concern, Decision, Facts, NewReading, TransactionFacts } from './facts.js';
import type { Flag } from './flags.js';

/** A Stop whose Start is told up to this much later still belongs to it. */
const ORPHAN_SPAN_MS = 7 * 24 * 3600 * 1000;

/** How the start keys of imported transactions begin. */
export const IMPORTED = 'import/';

/** One start, however often and under whatever message id it is told. */
export function startKey(chargerId: string, start: TransactionStarted, at: Date): string {
  const parts = [
    chargerId,
    start.connectorId,
    start.idTag?.toLowerCase() ?? null,
    at.toISOString(),
    start.meterStartWh,
  ];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

/**
 * A StartTransaction always begins a transaction with an id of its own, whatever the card: the charger may have
 * let energy flow already. The answer tells it what the card is worth.
 */
export function decideStart(
  start: TransactionStarted,
  facts: Facts,
  context: { readonly chargerId: string; readonly receivedAt: Date },
): Decision {
  const { at, flags: timeFlags } = decideInstant(start.stamp, context.receivedAt);
  const key = startKey(context.chargerId, start, at);
  const told = facts.transactions.find(
    (one) => one.startKey === key || isImported(one, { ...start, chargerId: context.chargerId, at }),
  );
  if (told !== undefined) return { answer: { ...tokenAnswer(facts.token), transactionId: told.id } };

  const orphan = facts.transactions.find((one) => isItsStop(one, start, at));
  const id = orphan?.id ?? facts.newTransactionId;
  const flags: Flag[] = [...timeFlags, ...start.doubts];
  const cardFlag = tokenFlag(tokenStatus(facts.token));
  if (cardFlag !== null) flags.push(cardFlag);
  if (orphan !== undefined) flags.push('start-after-stop');
  if ((start.meterStartWh ?? 0) < 0) flags.push('negative-register');
  const begin = {
    connectorId: orphan?.connectorId ?? start.connectorId, // the readings of a transaction share one connector
    idTag: start.idTag,
    startedAt: at,
    meterStartWh: start.meterStartWh,
    startKey: key,
    hasStart: true,
  };
  return {
    answer: { ...tokenAnswer(facts.token), transactionId: id },
    ...(orphan === undefined ? { begins: { id, ...begin } } : {}),
    changes: [
      {
        id,
        ...(orphan === undefined ? {} : { begin }),
        ...(isPlausible(at, context.receivedAt) ? { lastReadingAt: at } : {}),
      },
    ],
    readings: beginReading(start, begin.connectorId, id, at),
    concerns: [...flags.map((code) => concern(code, id, start)), ...superseded(facts, start.connectorId, at, id)],
    live: orphan === undefined ? [{ connectorId: start.connectorId, transactionId: id }] : [],
  };
}

/** The same start as an import told it, before the charger itself did. */
export function isImported(
  one: TransactionFacts,
  start: Pick<TransactionStarted, 'connectorId' | 'meterStartWh'> & { readonly chargerId: string; readonly at: Date },
): boolean {
  return (
    one.startKey.startsWith(IMPORTED) &&
    one.chargerId === start.chargerId &&
    one.startedAt.getTime() === start.at.getTime() &&
    // 2.x may tell its register and its EVSE later
    (start.meterStartWh === null || one.meterStartWh === start.meterStartWh) &&
    (start.connectorId === 0 || one.connectorId === start.connectorId)
  );
}

function concern(code: Flag, transactionId: number, start: TransactionStarted): Concern {
  return { code, transactionId, detail: { connectorId: start.connectorId } };
}

/** A transaction made up for a lone Stop that fits this Start: after it, with no lower register, and no other card. */
function isItsStop(one: TransactionFacts, start: TransactionStarted, at: Date): boolean {
  if (one.hasStart || one.stoppedAt === null || one.stoppedAt < at) return false;
  if (one.stoppedAt.getTime() - at.getTime() > ORPHAN_SPAN_MS) return false;
  if (one.meterStopWh !== null && start.meterStartWh !== null && one.meterStopWh < start.meterStartWh) return false;
  return one.idTag === null || one.idTag.toLowerCase() === start.idTag?.toLowerCase();
}

function beginReading(start: TransactionStarted, connectorId: number, transactionId: number, at: Date): NewReading[] {
  const { meterStartWh: importWh } = start;
  if (importWh === null) return [];
  return [{ connectorId, transactionId, at, importWh, exportWh: null, context: 'Transaction.Begin' }];
}

/** Open transactions of the connector that the start of transaction `id` leaves behind. */
export function superseded(facts: Facts, connectorId: number, at: Date, id: number): Concern[] {
  return facts.transactions
    .filter((one) => one.id !== id && one.stoppedAt === null && one.connectorId === connectorId && one.startedAt <= at)
    .map((one) => ({ code: 'superseded' as const, transactionId: one.id, detail: { by: id } }));
}
