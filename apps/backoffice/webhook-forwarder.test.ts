import { describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { WebhookForwarder, type ForwarderPace } from './webhook-forwarder.js';

const LOG = pino({ level: 'silent' });
const PACE: ForwarderPace = { pollMs: 5, firstBackOffMs: 5, longestBackOffMs: 20, atOnce: 2 };

/** A table of stored events and what becomes of them. */
class Stored {
  readonly handled: string[] = [];
  readonly attempts = new Map<string, number>();
  readonly waiting: Set<string>;
  isAway = false;
  poison: string | null = null;
  /** At most so many are told at once, as of a long table. */
  limit = 100;
  isUnreadable = false;

  constructor(...events: string[]) {
    this.waiting = new Set(events);
  }

  async unhandled(except: readonly string[]) {
    if (this.isUnreadable) throw new Error('no database');
    return [...this.waiting].filter((eventId) => !except.includes(eventId)).slice(0, this.limit);
  }

  async handle(eventId: string) {
    this.attempts.set(eventId, (this.attempts.get(eventId) ?? 0) + 1);
    if (this.isAway || (this.poison !== null && eventId.startsWith(this.poison))) throw new Error('away');
    this.waiting.delete(eventId);
    this.handled.push(eventId);
  }
}

async function until(done: () => boolean): Promise<void> {
  for (let round = 0; round < 1000 && !done(); round += 1) await new Promise((resolve) => setTimeout(resolve, 2));
}

async function forwarding(stored: Stored, run: (forwarder: WebhookForwarder) => Promise<void>): Promise<void> {
  const forwarder = new WebhookForwarder(stored, LOG, () => new Date(), PACE);
  forwarder.wake();
  await run(forwarder);
  await forwarder.close();
}

describe('the forwarder', () => {
  it('acts upon everything that is stored, each once', async () => {
    const stored = new Stored('a', 'b', 'c', 'd', 'e');
    await forwarding(stored, () => until(() => stored.waiting.size === 0));
    expect(stored.handled.toSorted()).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect([...stored.attempts.values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('forgets nothing while the workflows are away', async () => {
    const stored = new Stored('a', 'b');
    stored.isAway = true;
    await forwarding(stored, async () => {
      await until(() => (stored.attempts.get('b') ?? 0) >= 2);
      expect(stored.handled).toEqual([]);
      stored.isAway = false;
      await until(() => stored.waiting.size === 0);
    });
    expect(stored.handled.toSorted()).toEqual(['a', 'b']);
  });

  it('lets one that always fails wait, and the others go on', async () => {
    const stored = new Stored('poison', 'a');
    stored.poison = 'poison';
    await forwarding(stored, async () => {
      await until(() => stored.handled.includes('a'));
      stored.waiting.add('late');
      await until(() => stored.handled.includes('late'));
    });
    expect(stored.handled).toEqual(['a', 'late']);
  });

  it('reaches new ones however many always fail: those stand aside while they wait', async () => {
    const stored = new Stored('poison-1', 'poison-2', 'poison-3', 'poison-4', 'poison-5', 'dispute');
    stored.poison = 'poison';
    stored.limit = 2;
    await forwarding(stored, () => until(() => stored.handled.length > 0));
    expect(stored.handled).toEqual(['dispute']);
  });

  it('finds by itself what another process has stored', async () => {
    const stored = new Stored();
    await forwarding(stored, async () => {
      stored.isUnreadable = true;
      stored.waiting.add('theirs');
      await new Promise((resolve) => setTimeout(resolve, 20));
      stored.isUnreadable = false;
      await until(() => stored.waiting.size === 0);
    });
    expect(stored.handled).toEqual(['theirs']);
  });

  it('does nothing more once closed', async () => {
    const stored = new Stored();
    const forwarder = new WebhookForwarder(stored, LOG, () => new Date(), PACE);
    await forwarder.close();
    stored.waiting.add('a');
    forwarder.wake();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(stored.handled).toEqual([]);
  });
});
