import { parseStamp } from '#libs/ocpp/timestamp.js';

import type { IncomingMessage } from '../facts.js';
import type { ToldInstant } from './estimate-clock.js';

/** The instant of its telling that a message bears; null when it bears none, or the charger says that it was offline. */
export function toldInstant({ message, payload, receivedAt }: IncomingMessage): ToldInstant | null {
  const arrivedMs = receivedAt.getTime();
  if ('event' in message && message.event !== undefined) {
    const { offline, stamp } = message.event;
    return offline || stamp.at === null ? null : { toldMs: stamp.at.getTime(), arrivedMs, isQueueable: true };
  }
  switch (message.kind) {
    case 'transaction-started':
    case 'transaction-stopped':
      return latest([message.stamp.at], arrivedMs);
    case 'meter-values':
      return latest(
        message.samples.map((one) => one.stamp.at),
        arrivedMs,
      );
    case 'status':
    case 'notice': {
      const text = payload['timestamp'] ?? payload['generatedAt'];
      const at = typeof text === 'string' ? parseStamp(text).at : null;
      return at === null ? null : { toldMs: at.getTime(), arrivedMs, isQueueable: false };
    }
    default:
      return null;
  }
}

function latest(instants: readonly (Date | null)[], arrivedMs: number): ToldInstant | null {
  const times = instants.flatMap((at) => at?.getTime() ?? []);
  return times.length === 0 ? null : { toldMs: Math.max(...times), arrivedMs, isQueueable: true };
}
