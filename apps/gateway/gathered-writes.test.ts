import { expect, it } from '@jest/globals';

import { GatheredWrites } from './gathered-writes.js';

const HOUR_MS = 3_600_000;

it('what is gathered beyond what may wait pushes the oldest out', async () => {
  const written: number[][] = [];
  const writes = new GatheredWrites<number>({
    write: async (items) => void written.push([...items]),
    onError: (error) => expect(error).toBeNull(),
    intervalMs: HOUR_MS,
    mostWaiting: 3,
  });
  for (const item of [1, 2, 3, 4, 5]) writes.add(item);
  await writes.flush();
  await writes.flush();
  expect(written).toEqual([[3, 4, 5]]);
});

it('what could not be written waits with what came meanwhile, within the same bound', async () => {
  const written: number[][] = [];
  const errors: unknown[] = [];
  const away = Promise.withResolvers<void>();
  let isAway = true;
  const writes = new GatheredWrites<number>({
    write: async (items) => {
      if (isAway) await away.promise;
      written.push([...items]);
    },
    onError: (error) => errors.push(error),
    intervalMs: HOUR_MS,
    mostWaiting: 3,
  });
  writes.add(1);
  writes.add(2);
  const failing = writes.flush();
  await Promise.resolve();
  writes.add(3);
  writes.add(4);
  away.reject(new Error('the database is away'));
  isAway = false;
  await failing;
  expect(errors).toHaveLength(1);
  await writes.flush();
  expect(written).toEqual([[2, 3, 4]]);
});
