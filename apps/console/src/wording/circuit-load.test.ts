import { describe, expect, test } from '@jest/globals';

import type { CircuitLoad, ConnectorLoad } from '#apps/backoffice/api-types.js';

import { wordsIn } from '../texts/words.js';
import { amperes, circuitTree, connectorText, problemTexts, reasonText, shareOf } from './circuit-load.js';

const circuit = (circuitId: string, parentId: string | null): CircuitLoad => ({
  circuitId,
  name: `Circuito ${circuitId}`,
  parentId,
  maxCurrentA: 32,
  reserveA: null,
  readingMaxAgeS: 60,
  mainMeter: null,
  limitDeciA: [320, 320, 320],
  allocatedDeciA: null,
  flowDeciA: [0, 0, 0],
  problems: [],
});

const [pt, en] = [wordsIn('pt'), wordsIn('en')];
const nothing = { bound: null, circuitId: null, phase: null, cars: null, place: null };

describe('circuits', () => {
  test('hang under each other; one whose feeder is not known stands by itself', () => {
    const tree = circuitTree([circuit('b', 'a'), circuit('a', null), circuit('c', 'b'), circuit('d', 'gone')]);
    expect(tree.map(({ circuit: { circuitId }, depth }) => `${depth}${circuitId}`)).toEqual(['0a', '1b', '2c', '0d']);
  });

  test('currents have a decimal only where it says something, and bars end at full', () => {
    expect([amperes(160, 'pt'), amperes(145, 'pt'), amperes(145, 'en')]).toEqual([
      '16\u00a0A',
      '14,5\u00a0A',
      '14.5\u00a0A',
    ]);
    expect([shareOf(80, 160), shareOf(200, 160), shareOf(1, 0), shareOf(0, -10)]).toEqual([50, 100, 100, 0]);
  });
});

test('a circuit says what it cannot keep', () => {
  const passed = { code: 'passed' as const, phase: 1, deciA: 320, limitDeciA: 130 };
  const [once, other] = problemTexts(pt, [passed, { ...passed, phase: 2 }, { ...passed, phase: 0, deciA: 310 }]);
  expect(once).toContain('Nas fases L2 e L3 podem passar até 32\u00a0A onde cabem 13\u00a0A');
  expect(other).toContain('Na fase L1 podem passar até 31\u00a0A onde cabem 13\u00a0A');
  const defaults = { code: 'defaults-exceed' as const, phase: null, deciA: 300, limitDeciA: 255 };
  expect(problemTexts(en, [defaults])[0]).toContain('its chargers give 30\u00a0A; the circuit bears 25.5\u00a0A');
});

describe('a connector', () => {
  const limit = { deciA: 67, offeredW: 4_600, isPaused: false, reason: { code: 'idle' as const, ...nothing } };
  const load = { isCharging: true, powerW: 2_400, limit } as ConnectorLoad;

  test('says what it draws of what it was given', () => {
    expect(connectorText(pt, load)).toBe('A carregar com 2,4\u00a0kW de 4,6\u00a0kW atribuída');
    expect(connectorText(en, { ...load, powerW: null })).toBe('4.6\u00a0kW assigned');
    expect(connectorText(pt, { ...load, limit: { ...limit, isPaused: true } })).toBe('Em pausa');
  });

  test('says why', () => {
    const shared = { ...nothing, code: 'shared' as const, circuitId: 'a', phase: 1, cars: 3 };
    expect(reasonText(pt, shared, [circuit('a', null)])).toBe('3 carros na fase L2 de Circuito a, que está no limite');
    const waits = { ...nothing, code: 'waits' as const, circuitId: 'a', phase: 0, place: 2 };
    expect(reasonText(en, waits, [circuit('a', null)])).toBe(
      '6 A are missing on phase L1 of Circuito a; number 2 in the line',
    );
    for (const code of ['enough', 'too-small', 'guaranteed', 'fixed', 'idle'] as const) {
      expect(reasonText(pt, { ...nothing, code }, [])).not.toBe('');
    }
  });
});
