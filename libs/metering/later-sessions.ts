import type { TransactionFacts } from './facts.js';

/**
 * The sessions that had begun by that instant on an ended one's connector since it ended, the latest first: chargers that
 * never learnt the next session's number go on naming the former one.
 */
export function laterSessions(
  ended: TransactionFacts,
  transactions: readonly TransactionFacts[],
  at: Date,
): TransactionFacts[] {
  const { stoppedAt } = ended;
  if (stoppedAt === null || at <= stoppedAt) return [];
  return transactions.filter(
    (one) =>
      one.id !== ended.id &&
      one.chargerId === ended.chargerId &&
      one.connectorId === ended.connectorId &&
      one.startedAt >= stoppedAt &&
      one.startedAt > ended.startedAt &&
      one.startedAt <= at,
  );
}

/**
 * Whether a register told of the ended session lies where a later one has counted on from its end: billed with the ended
 * one, what the later one took would be billed twice.
 */
export function isCountedSince(ended: TransactionFacts, later: readonly TransactionFacts[], importWh: number): boolean {
  const endWh = ended.meterStopWh ?? ended.meterStartWh;
  if (endWh === null) return false;
  return later.some(({ meterStartWh, meterStopWh }) => {
    const firstWh = meterStartWh ?? meterStopWh;
    return firstWh !== null && firstWh >= endWh && importWh >= firstWh;
  });
}
