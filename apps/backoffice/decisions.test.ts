import { describe, expect, it } from '@jest/globals';

import { Coalescer } from './coalescer.js';
import { isHeld } from './held.js';
import { stepStates } from './months.queries.js';
import { limitRequests } from './request-limit.js';
import { loggedPath } from './request-log.js';
import { readSettings } from './settings.js';
import { workflowUrl } from './workflow-links.js';

/** Timers that fire when the test says so. */
class ManualTimers {
  readonly due: (() => void)[] = [];
  set(run: () => void): unknown {
    this.due.push(run);
    return run;
  }
  clear(): void {
    this.due.length = 0;
  }
  tick(): void {
    for (const run of this.due.splice(0)) run();
  }
}

describe('the coalescer', () => {
  it('says the first at once, the last of many when the interval ends, and keys apart', () => {
    const said: string[] = [];
    const timers = new ManualTimers();
    const coalescer = new Coalescer<string>(100, (value) => said.push(value), timers);
    for (const value of ['a1', 'a2', 'a3']) coalescer.push('a', value);
    coalescer.push('b', 'b1');
    expect(said).toEqual(['a1', 'b1']);
    timers.tick();
    expect(said).toEqual(['a1', 'b1', 'a3']);
    coalescer.push('a', 'a4');
    expect(said).toEqual(['a1', 'b1', 'a3']);
    timers.tick();
    timers.tick();
    coalescer.push('a', 'a5');
    expect(said).toEqual(['a1', 'b1', 'a3', 'a4', 'a5']);
  });
});

describe("a month's steps", () => {
  const nothing = { isClosed: false, isRated: false, isInvoiced: false };
  it.each([
    [{ step: 'awaiting-period-end' }, 'cttttttttt'],
    [{ step: 'rating' }, 'dddctttttt'],
    [{ step: 'collecting' }, 'ddddddddct'],
    [{ step: 'done' }, 'dddddddddd'],
    [{ step: 'parked' }, 'cttttttttt'],
    [{ step: 'parked', isClosed: true }, 'dddctttttt'],
    [{ step: 'parked', isClosed: true, isRated: true }, 'ddddcttttt'],
    [{ step: 'parked', isClosed: true, isRated: true, isInvoiced: true }, 'ddddddcttt'],
    [{ step: 'cancelled', isClosed: true, isRated: true }, 'ddddtttttt'],
  ])('%o shows %s', (facts, shown) => {
    const states = stepStates({ ...nothing, ...facts }).map(({ state }) => state[0]);
    expect(states.join('')).toBe(shown);
  });

  it.each([
    ['person:held', null, false, true],
    [null, 'month.hold.done', false, true],
    [null, 'month.release.done', false, false],
    ['approval:spike', null, false, false],
    [null, 'month.hold.done', true, false],
    [null, 'collection.hold.done', false, true],
    [null, 'collection.release.done', false, false],
  ])('waiting for %s after %s, finished %s: held is %s', (waitsFor, lastSteering, isFinished, held) => {
    expect(isHeld({ waitsFor, lastSteering, isFinished })).toBe(held);
  });
});

describe('the limit on requests', () => {
  it('holds per address and minute', () => {
    let nowMs = 0;
    const limit = limitRequests({ perMinute: 2, now: () => new Date(nowMs) });
    const ask = (ip: string): unknown => {
      let refused: unknown = null;
      const request = { ip } as Parameters<typeof limit>[0];
      void limit(request, {} as Parameters<typeof limit>[1], (error?: unknown) => {
        refused = error ?? null;
      });
      return refused;
    };
    expect([ask('a'), ask('a'), ask('b')]).toEqual([null, null, null]);
    expect(ask('a')).toMatchObject({ status: 429, headers: { 'retry-after': '60' } });
    nowMs = 60_000;
    expect(ask('a')).toBeNull();
  });
});

describe('the log', () => {
  it('names no person in a path', () => {
    expect(loggedPath('/api/v1/customers/1042/months/7?q=Ana')).toBe('/api/v1/customers/…/months/7');
    expect(loggedPath('/api/v1/customers?q=Ana')).toBe('/api/v1/customers');
  });
});

describe('settings', () => {
  const given = { DATABASE_URL: 'postgres://x', CHAZEMO_SECRET: '0123456789abcdef', STRIPE_SECRET_KEY: '' };

  it('have defaults, and take an empty variable for none', () => {
    expect(readSettings(given)).toMatchObject({
      host: '127.0.0.1',
      port: 3000,
      administrator: null,
      temporal: { namespace: 'default', uiUrl: null },
      stripe: { secretKey: null, label: null },
    });
  });

  it('say everything that is missing or wrong', () => {
    const wrong = () => readSettings({ CHAZEMO_SECRET: 'short', CHAZEMO_HTTP_PORT: '70000' });
    expect(wrong).toThrow(/DATABASE_URL[\s\S]*CHAZEMO_HTTP_PORT|CHAZEMO_HTTP_PORT[\s\S]*DATABASE_URL/);
    expect(wrong).toThrow('at least 16 characters');
  });

  it('link staff, and nobody else, into the workflows', () => {
    const settings = readSettings({ ...given, TEMPORAL_UI_URL: 'http://ui/', TEMPORAL_NAMESPACE: 'prod' });
    expect(workflowUrl(settings, { kind: 'all' }, 'bill/a b/2026-06')).toBe(
      'http://ui/namespaces/prod/workflows/bill%2Fa%20b%2F2026-06',
    );
    expect(workflowUrl(settings, { kind: 'condominium', condominiumId: 'x' }, 'bill/x/2026-06')).toBeNull();
    expect(workflowUrl(readSettings(given), { kind: 'all' }, 'bill/x/2026-06')).toBeNull();
  });
});
