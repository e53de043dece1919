import { createHash } from 'node:crypto';

import { ApiError } from './api-error.js';
import type { KeptAnswer } from './store.js';
import type { World } from './world.js';

const KEPT_MS = 24 * 3_600_000;
const LONGEST_KEY = 255;

export function fingerprint(method: string, path: string, body: string): string {
  const sorted = [...new URLSearchParams(body)].map((pair) => pair.join('=')).sort();
  return createHash('sha256')
    .update([method, path, ...sorted].join('\n'))
    .digest('hex');
}

/** The first answer to this key, or null when it is new; other parameters under the same key are refused. */
export function keptAnswer(world: World, key: string, print: string): KeptAnswer | null {
  if (key.length > LONGEST_KEY) throw ApiError.invalid('The idempotency key is longer than 255 characters.');
  const kept = world.store.get('answer', key);
  if (kept === undefined || world.nowMs() - kept.atMs >= KEPT_MS) return null;
  if (kept.fingerprint !== print) {
    throw new ApiError(400, {
      type: 'idempotency_error',
      message: `Keys for idempotent requests can only be used with the same parameters they were first used with: '${key}'.`,
    });
  }
  return kept;
}
