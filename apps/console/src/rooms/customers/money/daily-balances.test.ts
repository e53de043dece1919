import { expect, test } from '@jest/globals';

import { dailyBalances, moves } from './daily-balances.js';

const lisbon = 'Europe/Lisbon';

test('each day has the balance of its last line, a day without lines that of the day before', () => {
  const lines = [
    { at: '2026-07-01T22:59:00Z', balanceCents: -4200 },
    { at: '2026-07-03T09:00:00Z', balanceCents: -200 },
    { at: '2026-07-03T10:00:00Z', balanceCents: 0 },
  ];
  expect(dailyBalances(500, lines, { month: '2026-07', until: '2026-07-04', timeZone: lisbon })).toEqual([
    { date: '2026-07-01', balanceCents: -4200 },
    { date: '2026-07-02', balanceCents: -4200 },
    { date: '2026-07-03', balanceCents: 0 },
    { date: '2026-07-04', balanceCents: 0 },
  ]);
});

test('days are those of the place: an hour before midnight UTC it is tomorrow there in summer', () => {
  const lines = [{ at: '2026-07-01T23:00:00Z', balanceCents: 7 }];
  const days = dailyBalances(0, lines, { month: '2026-07', until: '2026-12-31', timeZone: lisbon });
  expect(days).toHaveLength(31);
  expect(days.slice(0, 2).map(({ balanceCents }) => balanceCents)).toEqual([0, 7]);
});

test('a month in which the balance never ends a day elsewhere is not worth a drawing', () => {
  const at = (date: string, balanceCents: number) => ({ date, balanceCents });
  expect(moves([at('2026-07-01', 0), at('2026-07-02', 0)])).toBe(false);
  expect(moves([at('2026-07-01', 0), at('2026-07-02', -100)])).toBe(true);
  expect(moves([])).toBe(false);
});
