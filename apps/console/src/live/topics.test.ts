import { describe, expect, test } from '@jest/globals';

import { parseLiveMessage, staleKeys } from './topics.js';

describe('parseLiveMessage', () => {
  test('reads what the back office sends', () => {
    expect(parseLiveMessage('{"topic":"month","installation":"i1","id":"c1"}')).toEqual({
      topic: 'month',
      installation: 'i1',
      id: 'c1',
    });
  });

  test('a numeric id becomes text, a missing installation null', () => {
    expect(parseLiveMessage('{"topic":"oddity","id":7}')).toEqual({ topic: 'oddity', installation: null, id: '7' });
  });

  test.each(['', 'hello', '[]', 'null', '{"topic":"weather","id":"x"}', '{"topic":"month"}'])('ignores %j', (frame) => {
    expect(parseLiveMessage(frame)).toBeNull();
  });

  test('ignores binary frames', () => {
    expect(parseLiveMessage(new ArrayBuffer(2))).toBeNull();
  });
});

describe('staleKeys', () => {
  test('a month refreshes its row, its page and its invoices', () => {
    const keys = staleKeys({ topic: 'month', installation: 'i1', id: 'c1' });
    expect(keys).toEqual(expect.arrayContaining([['months'], ['month', 'c1'], ['month-invoices', 'c1']]));
  });

  test('a charger refreshes the spots of its installation alone', () => {
    expect(staleKeys({ topic: 'charger', installation: 'i1', id: 'zcs1' })).toContainEqual(['spots', 'i1']);
    expect(staleKeys({ topic: 'charger', installation: 'i1', id: 'zcs1' })).toContainEqual(['circuits', 'i1']);
  });

  test('a charger of an unknown installation refreshes every list of spots', () => {
    expect(staleKeys({ topic: 'charger', installation: null, id: 'zcs1' })).toContainEqual(['spots']);
  });
});
