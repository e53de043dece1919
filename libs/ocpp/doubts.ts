import type { ChargerMessage, MessageDoubt } from './messages.js';

/** The message with one more doubt, if it is one that can be doubted. */
export function withDoubt(message: ChargerMessage, doubt: MessageDoubt): ChargerMessage {
  return 'doubts' in message ? { ...message, doubts: joined(message.doubts, doubt) } : message;
}

export function joined(doubts: readonly MessageDoubt[], doubt: MessageDoubt): MessageDoubt[] {
  return [...new Set([...doubts, doubt])];
}

/** OCPP's ids are 32-bit; JSON Schema's `integer` also lets 1e300 through. */
export function withinInt4(value: number): number | null {
  return Number.isInteger(value) && Math.abs(value) <= 2_147_483_647 ? value : null;
}
