import { describe, expect, it } from '@jest/globals';

import { parseStamp } from './timestamp.js';

describe("a charger's timestamp", () => {
  it.each([
    ['2026-06-01T00:00:00+01:00', '2026-05-31T23:00:00.000Z', null],
    ['2026-06-01T00:00:00Z', '2026-06-01T00:00:00.000Z', null],
    ['2026-06-01t00:00:00.1234z', '2026-06-01T00:00:00.123Z', null],
    ['2026-06-01T00:00:00+0100', '2026-05-31T23:00:00.000Z', null],
    ['2026-06-01 10:15:00', '2026-06-01T10:15:00.000Z', 'zone-less'],
    ['2026-06-01T10:15:00.5', '2026-06-01T10:15:00.500Z', 'zone-less'],
    ['2026-06-30T23:59:60Z', '2026-06-30T23:59:59.000Z', 'adjusted'],
    ['1970-01-01T00:00:03Z', '1970-01-01T00:00:03.000Z', null],
  ])('%s is %s (%s)', (text, iso, note) => {
    const stamp = parseStamp(text);
    expect(stamp.at?.toISOString()).toBe(iso);
    expect(stamp.note).toBe(note);
  });

  it.each(['', 'yesterday', '2026-13-01T00:00:00Z', '0000-01-01T00:00:00Z'])('%p is no instant', (text) => {
    expect(parseStamp(text)).toEqual({ at: null, note: 'invalid' });
  });
});
