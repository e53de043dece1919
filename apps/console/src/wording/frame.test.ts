import { describe, expect, it } from '@jest/globals';

import type { ChargerFrame } from '#apps/backoffice/api-types.js';

import { translator } from '../texts/translate.js';
import { clockText } from './clock.js';
import { dayBounds, frameSummary } from './frame.js';

function frame(payload: unknown, answer: unknown, raw: string | null = null): ChargerFrame {
  const what = { id: 'm1', at: '2026-06-01T00:00:00Z', direction: 'from-charger', protocol: 'ocpp1.6' } as const;
  return { ...what, messageId: '1', action: 'X', payload, answer, outcome: 'answer', raw };
}

describe('a frame in a line', () => {
  it.each([
    [
      frame({ connectorId: 1, idTag: 'CARD', meterStart: 10 }, { transactionId: 7, idTagInfo: { status: 'Accepted' } }),
      'connectorId 1, idTag CARD, meterStart 10, → transactionId 7, Accepted',
    ],
    [
      frame({ connectorId: 1, meterValue: [{ sampledValue: [{ value: '12.5', unit: 'kWh' }] }] }, {}),
      'connectorId 1, 12.5 kWh',
    ],
    [frame(null, null, '[2,"x'), '[2,"x'],
    [frame({}, {}), ''],
  ])('%#', (told, line) => {
    expect(frameSummary(told)).toBe(line);
  });
});

describe('local days as instants', () => {
  it.each([
    ['2026-06-01', '2026-06-01', '2026-05-31T23:00:00.000Z', '2026-06-01T23:00:00.000Z'],
    ['2026-10-25', '2026-10-25', '2026-10-24T23:00:00.000Z', '2026-10-26T00:00:00.000Z'],
    ['2026-03-29', '2026-03-29', '2026-03-29T00:00:00.000Z', '2026-03-29T23:00:00.000Z'],
  ])('%s to %s in Lisbon', (from, to, begins, ends) => {
    expect(dayBounds({ from, to }, 'Europe/Lisbon')).toEqual({ from: begins, to: ends });
  });

  it('not given are none', () => {
    expect(dayBounds({ from: '', to: '' }, 'Europe/Lisbon')).toEqual({ from: null, to: null });
  });
});

describe('how far a clock is off', () => {
  it.each([
    [3_600, 'Adiantado 1 h'],
    [-5_430, 'Atrasado 1 h 30 min 30 s'],
    [-56 * 366 * 24 * 3_600, 'Atrasado 20496 d'],
    [0, 'Certo'],
    [null, 'Vale de novo o que se observou'],
  ])('%s s', (offsetS, text) => {
    expect(clockText(translator('pt'), { kind: offsetS === null ? 'withdrawn' : 'wrong', offsetS })).toBe(text);
  });
});
