import { describe, expect, test } from '@jest/globals';

import { createPump } from './pump.js';

/** A pump whose reads end when the test says so. */
function world() {
  const reads: string[] = [];
  const ends: (() => void)[] = [];
  const pump = createPump<string>(
    (key) => {
      reads.push(key);
      return new Promise((resolve) => ends.push(resolve));
    },
    () => Promise.resolve(),
    (key) => key,
  );
  const finishRead = async (): Promise<void> => {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { reads, pump, finishRead };
}

describe('createPump', () => {
  test('reads at once when something changed', () => {
    const { reads, pump } = world();
    pump.mark('months');
    expect(reads).toEqual(['months']);
  });

  test('many messages during one read cause exactly one more', async () => {
    const { reads, pump, finishRead } = world();
    for (let i = 0; i < 100; i += 1) pump.mark('spots');
    expect(reads).toHaveLength(1);
    await finishRead();
    expect(reads).toHaveLength(2);
    await finishRead();
    expect(reads).toHaveLength(2);
  });

  test('keys do not wait for one another', () => {
    const { reads, pump } = world();
    pump.mark('months');
    pump.mark('mails');
    expect(reads).toEqual(['months', 'mails']);
  });

  test('a failed read does not stop the next one', async () => {
    let times = 0;
    const pump = createPump<string>(
      () => {
        times += 1;
        return Promise.reject(new Error('down'));
      },
      () => Promise.resolve(),
      (key) => key,
    );
    pump.mark('months');
    await new Promise((resolve) => setImmediate(resolve));
    pump.mark('months');
    await new Promise((resolve) => setImmediate(resolve));
    expect(times).toBe(2);
  });
});
