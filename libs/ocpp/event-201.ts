import { z } from 'zod';

import { joined, withinInt4 } from './doubts.js';
import type {
  MessageDoubt,
  MeterValues,
  Sample,
  TransactionEvent,
  TransactionStarted,
  TransactionStopped,
} from './messages.js';
import { meterValues201, parseSamples201 } from './samples-201.js';
import { parseStamp } from './timestamp.js';
import { idToken201, moreTagsOf, tokenKindOf } from './token-201.js';

const shape = z.object({
  eventType: z.enum(['Started', 'Updated', 'Ended']),
  timestamp: z.string(),
  triggerReason: z.string(),
  seqNo: z.number(),
  offline: z.boolean().optional(),
  transactionInfo: z.object({
    transactionId: z.string(),
    chargingState: z.string().optional(),
    stoppedReason: z.string().optional(),
    remoteStartId: z.number().optional(),
  }),
  evse: z.object({ id: z.number() }).optional(),
  idToken: idToken201.optional(),
  meterValue: meterValues201.optional(),
});

/** ChargingStateEnumType in OCPP 1.6 words, while a transaction runs. */
const STATUS_OF_STATE: Readonly<Record<string, string>> = {
  Charging: 'Charging',
  EVConnected: 'Preparing',
  Idle: 'Preparing',
  SuspendedEV: 'SuspendedEV',
  SuspendedEVSE: 'SuspendedEVSE',
};

/** The vehicle that is still plugged in when its transaction has ended; Available is told by a StatusNotification. */
const STATUS_AFTER_END: Readonly<Record<string, string>> = { EVConnected: 'Finishing' };

/** One TransactionEvent of OCPP 2.x as a start, as meter values or as a stop of a transaction that the charger has named. */
export function parseTransactionEvent(payload: unknown): TransactionStarted | MeterValues | TransactionStopped {
  const told = shape.parse(payload);
  const { samples, doubts } = parseSamples201(told.meterValue ?? []);
  const { event, doubts: ownDoubts } = eventOf(told);
  const shared = { event, samples, doubts: ownDoubts.reduce(joined, doubts) };
  const { ref, connectorId, stamp, idTag } = event;
  switch (told.eventType) {
    case 'Started': {
      const meterStartWh = registerAt(samples, 'Transaction.Begin') ?? registers(samples)[0] ?? null;
      return { kind: 'transaction-started', transactionId: ref, connectorId, idTag, meterStartWh, stamp, ...shared };
    }
    case 'Updated':
      return { kind: 'meter-values', transactionId: ref, connectorId, ...shared };
    case 'Ended': {
      const meterStopWh = registerAt(samples, 'Transaction.End') ?? registers(samples).at(-1) ?? null;
      const reason = told.transactionInfo.stoppedReason ?? null;
      return { kind: 'transaction-stopped', transactionId: ref, meterStopWh, stamp, reason, idTag, ...shared };
    }
  }
}

function eventOf(told: z.infer<typeof shape>): { event: TransactionEvent; doubts: MessageDoubt[] } {
  const { transactionId: ref, chargingState = '' } = told.transactionInfo;
  const seqNo = withinInt4(told.seqNo + 1) === null ? null : withinInt4(told.seqNo); // so that a range can end after it
  const connectorId = withinInt4(told.evse?.id ?? 0);
  const isPlaced = connectorId !== null && connectorId >= 0;
  const statuses = told.eventType === 'Ended' ? STATUS_AFTER_END : STATUS_OF_STATE;
  const { idToken } = told;
  return {
    event: {
      ref,
      stamp: parseStamp(told.timestamp),
      seqNo,
      offline: told.offline ?? false,
      connectorId: isPlaced ? connectorId : 0,
      idTag: idToken === undefined || idToken.idToken === '' ? null : idToken.idToken, // type NoAuthorization
      ...moreTagsOf(idToken),
      tokenKind: idToken === undefined || idToken.type === '' ? null : tokenKindOf(idToken.type),
      trigger: told.triggerReason,
      remoteStartId: withinInt4(told.transactionInfo.remoteStartId ?? NaN),
      status: statuses[chargingState] ?? null,
    },
    doubts: seqNo === null || !isPlaced ? ['value-out-of-range'] : [],
  };
}

function registers(samples: readonly Sample[]): number[] {
  return samples.flatMap(({ importWh }) => importWh ?? []);
}

function registerAt(samples: readonly Sample[], context: string): number | null {
  return registers(samples.filter((one) => one.context === context))[0] ?? null;
}
