import { describe, expect, test } from '@jest/globals';

import { formatDay, formatDistance, formatDuration, formatInstant, formatInstantExact, formatPeriod } from './dates.js';

describe('instants are told in the zone of the installation', () => {
  test('summer and winter in Lisbon', () => {
    expect(formatInstant('2026-06-30T22:59:00Z', 'pt')).toBe('30/06/2026 23:59');
    expect(formatInstant('2026-12-31T23:59:00Z', 'pt')).toBe('31/12/2026 23:59');
  });

  test('the Azores are an hour behind', () => {
    expect(formatInstant('2026-07-01T00:30:00Z', 'pt', 'Atlantic/Azores')).toBe('01/07/2026 00:30');
    expect(formatInstant('2026-06-30T23:30:00Z', 'pt', 'Europe/Lisbon')).toBe('01/07/2026 00:30');
  });

  test('midnight is 00:00, never 24:00', () => {
    expect(formatInstant('2026-06-30T23:00:00Z', 'pt')).toBe('01/07/2026 00:00');
    expect(formatInstantExact('2026-06-30T23:00:05Z', 'en')).toBe('01/07/2026 00:00:05');
  });
});

test('a date stays the date it is, wherever one reads it', () => {
  expect(formatDay('2026-07-18', 'pt', 'America/New_York')).toBe('18/07/2026');
  expect(formatDay('2026-07-17T23:30:00Z', 'pt')).toBe('18/07/2026');
});

test('a period is a month with a capital', () => {
  expect(formatPeriod('2026-06', 'pt')).toBe('Junho de 2026');
  expect(formatPeriod('2026-06', 'en')).toBe('June 2026');
  expect(formatPeriod('rubbish', 'pt')).toBe('rubbish');
});

describe('formatDistance', () => {
  const nowMs = Date.parse('2026-07-01T12:00:00Z');
  test.each([
    ['2026-07-01T11:57:00Z', 'há 3 minutos'],
    ['2026-07-01T11:59:30Z', 'há 30 segundos'],
    ['2026-06-29T10:00:00Z', 'há 2 dias'],
    ['2026-07-01T15:00:00Z', 'dentro de 3 horas'],
    ['2026-07-01T12:00:00.300Z', 'agora'],
  ])('%s is %s', (iso, text) => expect(formatDistance(iso, nowMs, 'pt')).toBe(text));
});

test('durations', () => {
  expect(formatDuration('2026-06-02T18:12:00Z', '2026-06-03T01:17:00Z')).toBe('7 h 05 min');
  expect(formatDuration('2026-06-02T18:12:00Z', '2026-06-02T18:57:30Z')).toBe('45 min');
  expect(formatDuration('2026-06-02T18:12:00Z', '2026-06-02T18:12:41Z')).toBe('41 s');
});
