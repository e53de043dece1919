import type { ToldEvent } from './event.js';
import type { ConnectorChange, Facts, TransactionFacts } from './facts.js';

/** The live view follows what happens now: of what is told late it only takes which transaction runs. */
export function decideEventLive(
  { message, event, connectorId, readings }: ToldEvent,
  id: number,
  known: TransactionFacts | null,
  facts: Facts,
): ConnectorChange[] {
  const status = event.status === null || event.offline ? {} : { status: event.status };
  if (message.kind === 'transaction-stopped') {
    const others = facts.transactions.filter((one) => one.id !== id && one.connectorId === connectorId);
    if (others.some((one) => one.stoppedAt === null)) return [];
    return [{ connectorId, ...status, powerW: 0, transactionId: null }];
  }
  if (known !== null && known.stoppedAt !== null) return [];
  if (event.connectorId === 0 && (known?.lastReadingAt ?? null) === null) return []; // nobody knows where
  const last = message.samples.at(-1);
  const register = readings.at(-1)?.importWh; // the one that is meant
  const rests = event.status !== null && event.status !== 'Charging';
  return [
    {
      connectorId,
      ...status,
      transactionId: id,
      ...(rests ? { powerW: 0 } : {}),
      ...(last?.powerW === undefined ? {} : { powerW: last.powerW }),
      ...(last?.offeredW === undefined ? {} : { offeredW: last.offeredW }),
      ...(last?.perConductorDeciA === undefined ? {} : { perConductorDeciA: last.perConductorDeciA }),
      ...(register === undefined ? {} : { importWh: register }),
    },
  ];
}
