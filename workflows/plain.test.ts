import { expect, test } from '@jest/globals';

import { OneAtATime } from './one-at-a-time.js';
import { Recorder } from './recorder.js';
import { changes } from './visibility.js';

/** A write that ends when it is told to. */
function slowWrites() {
  const ends: (() => void)[] = [];
  let writes = 0;
  const write = () => {
    writes += 1;
    return new Promise<void>((resolve) => ends.push(resolve));
  };
  return { write, endNext: () => ends.shift()?.(), count: () => writes };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a recorder writes one at a time, and what changed meanwhile once', async () => {
  const slow = slowWrites();
  const recorder = new Recorder(slow.write);
  const first = recorder.record();
  const second = recorder.record();
  const third = recorder.record();
  expect(slow.count()).toBe(1);
  slow.endNext();
  await first;
  await settle();
  expect(slow.count()).toBe(2);
  slow.endNext();
  await Promise.all([second, third]);
  expect(slow.count()).toBe(2);
});

test('a write asked for during the second is not swallowed by it', async () => {
  const slow = slowWrites();
  const recorder = new Recorder(slow.write);
  const asked = [recorder.record(), recorder.record()];
  slow.endNext();
  await settle();
  asked.push(recorder.record());
  slow.endNext();
  await settle();
  expect(slow.count()).toBe(3);
  slow.endNext();
  await Promise.all(asked);
});

test('one at a time, in the order they were asked for, also after one that failed', async () => {
  const order: string[] = [];
  const queue = new OneAtATime();
  const run = (name: string, fails = false) =>
    queue.run(async () => {
      order.push(`${name} begins`);
      await settle();
      order.push(`${name} ends`);
      if (fails) throw new Error(name);
    });
  const failed = run('a', true);
  const worked = run('b');
  await expect(failed).rejects.toThrow('a');
  await worked;
  expect(order).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
});

test('search attributes: only what differs, and null removes', () => {
  const before = { installationId: 'pn3', stage: 'rating', needsAction: 'parked', nextActionAt: null };
  const after = { installationId: 'pn3', stage: 'checking', nextActionAt: '2026-07-01T00:00:00.000Z' };
  expect(changes(before, before)).toEqual([]);
  expect(changes(before, after).map(({ key, value }) => [key.name, value])).toEqual([
    ['Stage', 'checking'],
    ['NeedsAction', null],
    ['NextActionAt', new Date('2026-07-01T00:00:00.000Z')],
  ]);
});
