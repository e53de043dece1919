import type { MeterValues, TransactionEvent, TransactionStarted, TransactionStopped } from '#libs/ocpp/messages.js';

import type { NewReading } from './facts.js';

export type EventMessage = TransactionStarted | MeterValues | TransactionStopped;

/** An event of a transaction, with its readings as they will be stored. */
export interface ToldEvent {
  readonly message: EventMessage;
  readonly event: TransactionEvent;
  readonly chargerId: string;
  /** When it happened. */
  readonly at: Date;
  readonly receivedAt: Date;
  readonly connectorId: number;
  readonly readings: readonly NewReading[];
}
