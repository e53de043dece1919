import { describe, expect, it } from '@jest/globals';

import { SerialQueues } from './serial-queues.js';

describe('the queue of each charger', () => {
  it('runs one after another per key, side by side between keys, whatever fails', async () => {
    const queues = new SerialQueues(10);
    const order: string[] = [];
    const gate = Promise.withResolvers<void>();
    const first = queues.run('a', async () => {
      await gate.promise;
      order.push('a1');
      throw new Error('a1 failed');
    });
    const second = queues.run('a', async () => order.push('a2'));
    await queues.run('b', async () => order.push('b1'));
    gate.resolve();
    await expect(first).rejects.toThrow('a1 failed');
    await second;
    expect(order).toEqual(['b1', 'a1', 'a2']);
    await queues.drained();
    expect(queues.pending).toBe(0);
  });

  it('has a bound per key', async () => {
    const queues = new SerialQueues(2);
    const gate = Promise.withResolvers<void>();
    const running = [queues.run('a', () => gate.promise), queues.run('a', () => gate.promise)];
    expect(queues.run('a', async () => undefined)).toBeNull();
    expect(queues.run('b', async () => undefined)).not.toBeNull();
    gate.resolve();
    await Promise.all(running);
  });
});
