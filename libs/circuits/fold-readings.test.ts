import { describe, expect, test } from '@jest/globals';

import { SAMPLED_S } from '../commands/provisioning-plan.js';
import { PHASE_VOLTS, type PerPhase } from './current.js';
import type { Rotation } from './rotation.js';
import { breaker, charger, Story } from './testing/story.js';

/** W of so many conductors that carry so many amperes each. */
const watts = (amps: number, conductors: number): number => amps * conductors * PHASE_VOLTS;

/** A car that has charged for a while in a circuit of that many amperes, at a charger on three phases. */
function charging(amps: number, facts: Parameters<typeof charger>[1] = {}): Story {
  const story = new Story([breaker(amps)], [charger('x', facts)]);
  story.plugs('x');
  story.confirms();
  story.pass(20);
  return story;
}

describe('a charger that tells the power alone', () => {
  test('a car that takes its whole limit on three phases is known to use them, and then seen to take less', () => {
    const story = charging(16);
    story.tellsPower('x', watts(16, 3));
    expect(story.confirms()).toEqual([]);
    story.pass(60);
    story.tellsPower('x', watts(6, 3));
    expect(story.confirms()).toEqual(['x/1 session 80']);
  });

  test('one that never took so much may be on one phase: what one could carry is not seen to be less', () => {
    const story = charging(16);
    story.tellsPower('x', watts(6, 3));
    expect(story.confirms()).toEqual([]);
    story.pass(60);
    story.tellsPower('x', watts(3, 3));
    expect(story.confirms()).toEqual(['x/1 session 110']);
  });

  test('a car on one phase counts on all that its charger may load: too much on paper', () => {
    const story = charging(20);
    story.tellsPower('x', watts(20, 1));
    story.pass(60);
    story.tellsPower('x', watts(20, 1));
    expect(story.seen().limits[0]?.perPhaseDeciA).toEqual([200, 200, 200]);
    const told = charging(20);
    for (let readings = 0; readings < 2; readings += 1) told.measures('x', [200, 0, 0]);
    expect(told.seen().limits[0]?.perPhaseDeciA).toEqual([200, 0, 0]);
  });

  test.each<[Rotation, number]>([
    ['RST', 3],
    ['R', 1],
  ])(
    'a car at a charger wired %s is seen to defy its limit where it takes more than %i times as much',
    (rotation, conductors) => {
      const story = charging(10, { rotation });
      story.tellsPower('x', watts(12, conductors));
      expect(story.problems()).toEqual([]);
      story.tellsPower('x', watts(13, conductors));
      expect(story.problems()).toContain('passed');
    },
  );
});

describe('a main meter of everything beside a car that takes all it may', () => {
  const building = 300;
  const SECONDS_BETWEEN_METER_READINGS = 10;

  /** What the car is told from one reading of the main meter to the next, once its own readings are known. */
  function told(measured: (story: Story, deciA: number) => void, uses: PerPhase): string[] {
    const story = new Story([breaker(63, 40)], [charger('x')]);
    const meter = (): void => {
      const carDeciA = story.limits()['x/1'] ?? 0;
      const [l1, l2, l3] = uses.map((used) => building + used * carDeciA);
      const perPhaseDeciA: PerPhase = [l1 ?? 0, l2 ?? 0, l3 ?? 0];
      story.happens({ kind: 'main-meter', circuitId: 'a', measures: 'everything', perPhaseDeciA });
    };
    story.plugs('x');
    story.confirms();
    const sent: string[] = [];
    for (let second = 1; second <= 20 * SAMPLED_S; second += 1) {
      story.pass(1);
      if (second % SAMPLED_S === 0) measured(story, story.limits()['x/1'] ?? 0);
      if (second % SECONDS_BETWEEN_METER_READINGS === 5) meter();
      const orders = story.confirms();
      if (second > 3 * SAMPLED_S) sent.push(...orders);
    }
    expect(story.limits()['x/1']).toBeGreaterThanOrEqual(60);
    return sent;
  }

  test.each([
    ['its currents', (story: Story, deciA: number) => story.measures('x', [deciA, deciA, deciA])],
    ['its power alone', (story: Story, deciA: number) => story.tellsPower('x', Math.round(watts(deciA / 10, 3)))],
  ] as const)('who tells %s each minute is not told another limit each minute', (_, measured) => {
    expect(told(measured, [1, 1, 1])).toEqual([]);
  });

  test('what may be a car that was just given more is not the building, until the breaker is passed or the car is read', () => {
    const story = new Story([breaker(63, 40)], [charger('x')]);
    const base = (): number | undefined => story.state.toJSON().baseLoads['a']?.baseDeciA[0];
    story.meter(300, 'everything');
    story.plugs('x');
    story.confirms();
    expect(story.limits()).toEqual({ 'x/1': 320 });
    story.meter(620, 'everything');
    expect(base()).toBe(300);
    story.meter(640, 'everything');
    expect(base()).toBe(640);
    story.confirms();
    story.pass(5);
    story.meter(300, 'everything');
    story.confirms();
    story.pass(5);
    story.meter(630, 'everything');
    expect(base()).toBe(310);
    story.pass(30);
    story.measures('x', [100, 100, 100]);
    story.meter(630, 'everything');
    expect(base()).toBe(530);
  });

  test('nor is a car on one phase', () => {
    expect(told((story, deciA) => story.measures('x', [deciA, 0, 0]), [1, 0, 0])).toEqual([]);
  });
});

test('of a charger that turns out to be wired otherwise, what its readings said of phases holds no longer', () => {
  const story = charging(20);
  for (let readings = 0; readings < 2; readings += 1) story.measures('x', [200, 0, 0]);
  expect(story.seen().limits[0]?.perPhaseDeciA).toEqual([200, 0, 0]);
  const turned = charger('x', { rotation: 'STR' });
  story.happens({ kind: 'configured', circuits: [breaker(20)], connectors: [turned] });
  expect(story.seen().limits[0]?.perPhaseDeciA).toEqual([200, 200, 200]);
  for (let readings = 0; readings < 2; readings += 1) story.measures('x', [200, 0, 0]);
  expect(story.seen().limits[0]?.perPhaseDeciA).toEqual([0, 200, 0]);
});
