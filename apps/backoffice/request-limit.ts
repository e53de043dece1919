import type { Handler } from 'express';

import { Problem } from './problem.js';

export interface RequestLimit {
  readonly perMinute: number;
  readonly now: () => Date;
}

const WINDOW_MS = 60_000;

/**
 * At most so many requests per address in each minute of the clock, in the memory of this process. Nothing is kept
 * longer than its minute.
 */
export function limitRequests({ perMinute, now }: RequestLimit): Handler {
  let window = -1;
  const counts = new Map<string, number>();
  return (request, _response, next) => {
    const nowMs = now().getTime();
    const current = Math.floor(nowMs / WINDOW_MS);
    if (current !== window) counts.clear();
    window = current;
    const address = request.ip ?? 'unknown';
    const count = (counts.get(address) ?? 0) + 1;
    counts.set(address, count);
    if (count <= perMinute) {
      next();
      return;
    }
    const waitSeconds = Math.ceil(((current + 1) * WINDOW_MS - nowMs) / 1000);
    const detail = `More than ${perMinute} requests in a minute: wait ${waitSeconds} seconds.`;
    next(
      new Problem(429, 'too-many-requests', 'Too many requests', detail, {
        headers: { 'retry-after': String(waitSeconds) },
      }),
    );
  };
}
