import { describe, expect, test } from '@jest/globals';

import type { CircuitData } from './circuit-records.js';
import { CircuitState } from './circuit-state.js';
import { breaker, charger, Story } from './testing/story.js';

describe('a main meter that measures everything', () => {
  test('what a car took before it was paused is not taken off the building', () => {
    const story = new Story([breaker(63, 20)], [charger('x')]);
    story.plugs('x');
    story.confirms();
    story.pass(20);
    story.measures('x', [320, 320, 320]);
    story.meter(920, 'everything');
    expect(story.confirms()).toEqual(['x/1 session 0']);
    story.pass(10);
    story.meter(600, 'everything');
    expect(story.limits()).toEqual({ 'x/1': 0 });
  });

  test('cars behind another meter are not taken off', () => {
    const elsewhere = { ...breaker(63), id: 'b' };
    const story = new Story([breaker(63, 20), elsewhere], [charger('x'), charger('y', { circuitId: 'b' })]);
    story.plugs('y');
    story.confirms();
    story.pass(20);
    story.measures('y', [320, 320, 320]);
    story.meter(600, 'everything');
    story.plugs('x');
    expect(story.limits()).toMatchObject({ 'x/1': 0 });
  });
});

describe('a charger that comes back before anybody missed it', () => {
  const story = new Story([breaker(10)], [charger('x'), charger('y')]);

  test('is told its default and its limit again, also where it has nothing', () => {
    story.plugs('x');
    expect(story.confirms()).toEqual(['x/1 session 100']);
    story.plugs('y');
    story.connects('y', 'second');
    expect(story.confirms()).toEqual(['y/1 default 0', 'y/1 session 0']);
    story.connects('y', 'second');
    story.connects('y', null);
    expect(story.confirms()).toEqual([]);
  });

  test('is not believed to follow what was on its way to its former connection', () => {
    story.connects('x', 'second');
    const [order] = story.sends();
    expect(order).toMatchObject({ connector: 'x/1', purpose: 'default' });
    story.connects('x', 'third');
    story.happens({ kind: 'answered', orderId: order?.id ?? 0, result: 'confirmed' });
    expect(story.confirms()).toEqual(['x/1 default 0', 'x/1 session 100']);
  });
});

describe('a charger that is away when it is first looked at', () => {
  const away = (): Story => {
    const story = new Story([breaker(40)], [charger('y')]);
    story.happens({ kind: 'configured', circuits: [breaker(40)], connectors: [charger('x'), charger('y')] });
    story.leaves('x');
    return story;
  };

  test('counts with all its hardware gives while it has a car', () => {
    const story = away();
    story.plugs('x');
    story.plugs('y');
    expect(story.confirms()).toEqual(['y/1 session 80']);
    expect(story.limits()).toEqual({ 'x/1': 320, 'y/1': 80 });
  });

  test('without one it holds only what it shall give by itself, and is told everything once it comes', () => {
    const story = away();
    story.plugs('y');
    expect(story.confirms()).toEqual(['y/1 session 320']);
    story.connects('x');
    expect(story.confirms()).toContain('x/1 default 0');
    expect(story.limits()).toEqual({ 'x/1': 0, 'y/1': 320 });
  });

  test('that nobody ever saw holds nothing', () => {
    const story = new Story([breaker(40)], [charger('y')]);
    story.happens({ kind: 'configured', circuits: [breaker(40)], connectors: [charger('x'), charger('y')] });
    story.plugs('y');
    expect(story.limits()).toEqual({ 'y/1': 320 });
  });
});

test('a process that takes over what was kept without what is known today tells everybody again', () => {
  const story = new Story([breaker(10)], [charger('x')]);
  story.plugs('x');
  story.confirms();
  const since = new Set(['connectionId', 'isSure', 'defies', 'toldAtMs', 'wasCut']);
  const earlier = JSON.stringify(story.state, (key, value: unknown) => (since.has(key) ? undefined : value));
  story.state = CircuitState.takeOver(JSON.parse(earlier) as CircuitData, story.nowMs);
  story.connects('x');
  expect(story.confirms()).toEqual(['x/1 default 0', 'x/1 session 100']);
  story.pass(20);
  story.measures('x', [320, 0, 0]);
  expect(story.problems()).toContain('passed');
});

describe('a car that takes more than it may', () => {
  const story = new Story([breaker(10)], [charger('x'), charger('y')]);

  test('counts with what it takes, and its charger is told again', () => {
    story.plugs('x');
    story.plugs('y');
    expect(story.confirms()).toEqual(['x/1 session 100']);
    story.pass(20);
    story.measures('y', [320, 0, 0]);
    expect(story.problems()).toContain('passed');
    expect(story.confirms()).toEqual(['y/1 default 0', 'y/1 session 0']);
  });

  test('is not believed by a confirmation alone: while its readings say otherwise the others give way', () => {
    const sent: string[] = [];
    for (let round = 0; round < 20; round += 1) {
      story.pass(15);
      story.measures('y', [320, 0, 0]);
      sent.push(...story.confirms());
    }
    expect(sent.filter((order) => order.startsWith('x/1'))).toEqual(['x/1 session 0']);
    expect(sent).toContain('y/1 session 0');
    expect(story.problems()).toContain('passed');
  });

  test('is believed once a reading shows that it obeys', () => {
    story.pass(15);
    story.measures('y', [2, 0, 0]);
    expect(story.confirms()).toEqual(['y/1 session 100']); // it has waited longest
    expect(story.problems()).toEqual([]);
  });

  test('is not accused by a reading that may be of less', () => {
    const calm = new Story([breaker(16)], [charger('x')]);
    calm.plugs('x');
    calm.confirms();
    calm.pass(20);
    calm.happens({ kind: 'measured', connector: 'x/1', perConductorDeciA: null, powerW: 12_000 });
    calm.measures('x', [175, 174, 173]);
    expect(calm.confirms()).toEqual([]);
  });
});
