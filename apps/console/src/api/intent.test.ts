import { describe, expect, test } from '@jest/globals';

import { Intent } from './intent.js';
import { ApiError } from './problem.js';

const refused = new ApiError(409, 'refused-by-workflow', 'no');

describe('one intent', () => {
  test('pressed twice acts once', async () => {
    const intent = new Intent();
    const keys: string[] = [];
    let finish = (): void => undefined;
    const write = (key: string): Promise<string> => {
      keys.push(key);
      return new Promise((resolve) => {
        finish = () => resolve('done');
      });
    };
    const first = intent.once('', write);
    expect(await intent.once('', write)).toBeNull();
    finish();
    expect(await first).toEqual({ answer: 'done' });
    expect(keys).toHaveLength(1);
  });

  async function keysOf(failure: Error, secondWords = 'a'): Promise<string[]> {
    const intent = new Intent();
    const keys: string[] = [];
    const fails = (key: string): Promise<never> => {
      keys.push(key);
      return Promise.reject(failure);
    };
    await expect(intent.once('a', fails)).rejects.toBe(failure);
    await expect(intent.once(secondWords, fails)).rejects.toBe(failure);
    return keys;
  }

  test('that nobody answered is sent again with the same key', async () => {
    for (const failure of [ApiError.unreachable(), new ApiError(503, 'workflows-away', '')]) {
      const [first, again] = await keysOf(failure);
      expect(again).toBe(first);
    }
  });

  test('that was refused, or is worded anew, is another', async () => {
    const [first, again] = await keysOf(refused);
    expect(again).not.toBe(first);
    const [unanswered, reworded] = await keysOf(ApiError.unreachable(), 'b');
    expect(reworded).not.toBe(unanswered);
  });
});
