import type { Stamp } from '#libs/ocpp/timestamp.js';

import type { Flag } from './flags.js';

/** No charger of ours was made before. */
export const EARLIEST = new Date('2015-01-01T00:00:00Z');
const AHEAD_MS = 24 * 3600 * 1000;

/** Whether an instant can be true, seen from the moment of receipt. */
export function isPlausible(at: Date, receivedAt: Date): boolean {
  return at >= EARLIEST && at.getTime() <= receivedAt.getTime() + AHEAD_MS;
}

/** The instant to record: as the charger gave it, or the time of receipt where it gave none; and what is odd about it. */
export function decideInstant(stamp: Stamp, receivedAt: Date): { at: Date; flags: Flag[] } {
  if (stamp.at === null) return { at: receivedAt, flags: ['invalid-time'] };
  const flags: Flag[] = stamp.note === 'zone-less' ? ['zone-less-time'] : [];
  if (!isPlausible(stamp.at, receivedAt)) flags.push('implausible-time');
  return { at: stamp.at, flags };
}
