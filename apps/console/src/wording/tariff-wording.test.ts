import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import type { BillMeaning, Explanation, ImportEffect, ImputedLine, RatedLine } from '#apps/backoffice/api-types.js';
import { calendarSchema } from '#libs/tariff/calendar.js';

import { bandColour } from '../app/theme.js';
import { formatFactor, formatMicros, parseDecimal } from '../format/numbers.js';
import { wordsIn } from '../texts/words.js';
import { bandName, inBandOrder } from './bands.js';
import { billParts, billSums, meaningTexts, typedLines, type TypedLine } from './bill.js';
import { calendarProblemText } from './calendar-problem.js';
import { estimatedText } from './estimated.js';
import { sessionsOf } from './explanation.js';
import { effectText, importProblemText, importWhatText } from './import.js';
import { daysIn, howText } from './imputed.js';
import { changesText, chargeText, clockText, componentsOf, indexText, leastConfidence } from './tariff.js';

const pt = wordsIn('pt');
const en = wordsIn('en');
const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('money and figures', () => {
  test('in the currency of the installation', () => {
    expect(plain(pt.money(123_456, 'NOK'))).toBe('1.234,56 kr');
    expect(plain(en.money(-123_456, 'NOK'))).toBe('-1,234.56 kr');
    expect(plain(en.price(-227_756, 'EUR'))).toBe('-€0.227756');
    expect(plain(formatMicros(1_324_800, 'pt', 'EUR'))).toBe('1,3248 €');
    expect(plain(formatMicros(2_000_000, 'pt', 'EUR'))).toBe('2,00 €');
    expect(formatFactor(1_150_000, 'pt')).toBe('1,15');
    expect(formatFactor(1_000_000, 'pt')).toBe('1');
  });

  test.each([
    ['120,512', 3, 'pt', 120_512],
    ['1.234,5', 2, 'pt', 123_450],
    ['-4,90 €', 2, 'pt', -490],
    ['72,065 kWh', 3, 'pt', 72_065],
    ['1,234.56', 2, 'en', 123_456],
    ['12,34,5', 2, 'pt', null],
    ['1.23', 2, 'pt', null],
    ['', 2, 'pt', null],
  ] as const)('%j is read with the marks of its language', (text, decimals, language, value) =>
    expect(parseDecimal(text, decimals, language)).toBe(value),
  );
});

describe('bands of other countries', () => {
  test('have a place, a colour and a name, also those that nobody has named here', () => {
    expect(inBandOrder([{ band: 'punta' }, { band: 'valle' }, { band: 'llano' }]).map(({ band }) => band)).toEqual([
      'valle',
      'llano',
      'punta',
    ]);
    expect(bandColour('p6')).toBe(bandColour('p6'));
    expect(bandName(pt.t, 'p6', 'Período 6 2')).toBe('Período 6');
    expect(bandName(pt.t, 'ponta', 'Ponta 1')).toBe('Ponta');
  });
});

describe('a tariff in words', () => {
  const index = {
    seriesId: 'omie-pt',
    seriesName: 'OMIE Portugal',
    lossesSeriesId: null,
    lossesPpm: 1_150_000,
    factorPpm: 1_000_000,
    marginMicros: 8_000,
  };

  test('says how an indexed price comes about', () => {
    expect(plain(indexText(pt, index, 'EUR'))).toBe('OMIE Portugal × perdas 1,15 + 0,008 € por kWh');
    const other = { ...index, lossesSeriesId: 'perdas-bt', factorPpm: 1_020_000, marginMicros: -1_000 };
    expect(plain(indexText(pt, other, 'EUR'))).toBe(
      'OMIE Portugal × perdas de perdas-bt × fator 1,02 − 0,001 € por kWh',
    );
  });

  test('says what changes, what is charged and what a price has', () => {
    expect(changesText(pt.t, ['prices', 'charges', 'calendar'])).toBe('preços, encargos e horas do ciclo');
    expect(plain(chargeText(pt, { unit: 'per-day', micros: 1_324_800 }, 'EUR'))).toBe('1,3248 € por dia');
    expect(plain(chargeText(pt, { unit: 'percent-of-energy', micros: -50_000 }, 'EUR'))).toBe('-5 % da energia');
    const price = { band: 'ponta', label: 'Ponta', direction: 'import' as const, totalMicros: 0 };
    const parts = [
      { component: 'discount', micros: -1 },
      { component: 'energy', micros: 1 },
    ];
    expect(componentsOf([{ ...price, parts }])).toEqual(['energy', 'discount']);
    expect([clockText(0), clockText(555), clockText(1_440)]).toEqual(['00:00', '09:15', '24:00']);
    expect(leastConfidence(['high', 'medium-high (one repo)'])).toBe('medium-high');
  });
});

test('every fault that the check of a calendar words itself has a text', () => {
  const file = fileURLToPath(new URL('../../../../libs/tariff/calendar.ts', import.meta.url));
  const source = readFileSync(file, 'utf8');
  const said = [
    ...source.matchAll(/(?:message: |say\(|const message = |band\) => |, )[`']([^`']*[a-z]{2} [^`']*)[`']\)?[;,)\s]/g),
  ];
  const messages = said.map(([, text = '']) => text.replaceAll(/\$\{[^}]+\}/g, '2'));
  expect(messages.length).toBeGreaterThan(4);
  const known = (text: string) =>
    calendarProblemText(pt.t, text) ??
    calendarProblemText(pt.t, text.replace(/^2 tables for 2 2/, '2 tables for summer sunday'));
  expect(messages.filter((text) => known(text) === null)).toEqual([]);
  const nothing = calendarSchema.safeParse({});
  for (const { message } of nothing.error?.issues ?? []) expect(calendarProblemText(pt.t, message)).toBe('falta');
});

describe('how a charge came about', () => {
  const line: ImputedLine = {
    party: 'retailer',
    code: 'contracted-power',
    label: 'Potência contratada',
    spotName: null,
    unit: 'per-day',
    micros: 1_040_000,
    fromDate: '2026-06-01',
    days: 30,
    shareBy: 'permillage',
    totalCents: 3_120,
    weight: 125,
    totalWeight: 10_000,
    netCents: 39,
    vatCode: 'NOR',
    exemptionCode: null,
  };
  const june = { days: daysIn('2026-06'), currency: 'EUR' };

  test.each<[Partial<ImputedLine>, string]>([
    [{}, '1,04 € por dia × 30 dias = 31,20 €, ÷ por permilagem, quota de 1,25 %'],
    [{ shareBy: 'none', totalWeight: 0, weight: 0 }, '1,04 € por dia × 30 dias'],
    [
      { unit: 'per-month', micros: 2_850_000, totalCents: 285, shareBy: 'equal', weight: 1, totalWeight: 3 },
      '2,85 € por mês = 2,85 €, ÷ em partes iguais, quota de 33,33 %',
    ],
    [{ unit: 'per-spot-month', micros: 2_000_000, weight: 43_200, totalWeight: 43_200 }, '2,00 € por lugar e mês'],
    [
      { unit: 'per-spot-month', micros: 2_000_000, weight: 16_950, totalWeight: 43_200 },
      '2,00 € por lugar e mês × 11,77 de 30 dias',
    ],
    [{ unit: 'per-kwh', micros: 12_500, weight: 102_300 }, '0,0125 € por kWh × 102,300 kWh'],
    [{ unit: 'percent-of-energy', micros: -50_000, weight: 8_038 }, '-5 % da energia (80,38 €)'],
    [{ unit: 'per-invoice', micros: 1_500_000 }, '1,50 € por fatura'],
    [
      { unit: 'per-kwh', micros: 12_500, weight: 1_000, days: 14, fromDate: '2026-06-17' },
      '0,0125 € por kWh × 1,000 kWh (14 dias, desde 17/06/2026)',
    ],
  ])('%j', (part, text) => expect(plain(howText(pt, { ...line, ...part }, june))).toBe(text));
});

test('estimated energy is named with its worst case', () => {
  const line: Pick<RatedLine, 'estimatedWh' | 'estimatedErrorWh'> = { estimatedWh: 400, estimatedErrorWh: 420 };
  expect(plain(estimatedText(pt, line))).toBe('0,400 kWh estimados; no máximo ±0,420 kWh');
  expect(plain(estimatedText(pt, { estimatedWh: 400, estimatedErrorWh: 0 }))).toContain('0,400 kWh');
  expect(estimatedText(pt, { estimatedWh: 0, estimatedErrorWh: 0 })).toBe('');
});

describe("the retailer's invoice while one types it", () => {
  const line = (part: Partial<TypedLine>): TypedLine => ({
    key: '1',
    kind: 'energy',
    band: 'ponta',
    code: null,
    label: 'Energia ponta',
    kWh: '',
    amount: '',
    ...part,
  });

  test('adds up as soon as everything is a number, and says what is off', () => {
    const lines = [line({ kWh: '12,5', amount: '2,40' }), line({ kind: 'charge', amount: '25,12' }), line({})];
    const typed = { lines, vat: '6,33', total: '33,85' };
    expect(billSums(typed, 'pt')).toMatchObject({ wh: 12_500, netCents: 2_752, offCents: 0 });
    expect(billSums({ ...typed, total: '34,00' }, 'pt').offCents).toBe(15);
    expect(billSums({ ...typed, vat: '' }, 'pt').offCents).toBeNull();
    expect(billSums({ ...typed, lines: [line({ amount: '2,4x' })] }, 'pt').netCents).toBeNull();
  });

  test('becomes lines; one that nobody filled in is none', () => {
    expect(typedLines([line({ kWh: '12', amount: '2,40' }), line({})], 'pt')).toEqual([
      { kind: 'energy', band: 'ponta', code: null, label: 'Energia ponta', wh: 12_000, netCents: 240 },
    ]);
    expect(typedLines([line({ amount: '2', label: ' ' })], 'pt')).toBeNull();
    expect(typedLines([line({ kWh: '-2', amount: '2' })], 'pt')).toBeNull();
    expect(typedLines([], 'pt')).toBeNull();
  });

  test('what became of it adds up, and what is nothing is left out', () => {
    const lines = [
      { side: 'recovered', code: 'energy', wh: 5, netCents: 100 },
      { side: 'residual', code: 'charges-kept', wh: null, netCents: 0 },
      { side: 'residual', code: 'price-differences', wh: null, netCents: -3 },
    ];
    expect(billParts({ lines })).toMatchObject({ parts: [{}, {}], recoveredCents: 100, residualCents: -3 });
    const meanings: BillMeaning[] = ['price', 'other-days'];
    expect(meaningTexts(pt.t, meanings)).toHaveLength(2);
  });
});

describe('an import', () => {
  test.each([
    ['expected a price per kWh such as 0,245102, got "muito"', '«muito» não é um número que sirva'],
    ['there is no installation "x"', 'não há instalação «x»'],
    ['no price for ponta from 2026-06-17 to 2026-06-30', 'falta preço de ponta desde 2026-06-17'],
    ['is the same price as row 4', 'é igual à linha 5'],
    ['something new', 'something new'],
  ])('%j is worded', (message, text) => expect(importProblemText(pt.t, { message })).toBe(text));

  test('says what a row does with the marks of the language', () => {
    const what = 'Tri 2026: ponta 0.245102 per kWh from 2026-06-17, was 0.240000';
    expect(importWhatText(pt, what)).toBe('Tri 2026: ponta 0,245102 por kWh desde 17/06/2026, antes 0,240000');
  });

  const effect: ImportEffect = {
    kind: 'open',
    installationId: 'aurora',
    period: '2026-06',
    currency: 'EUR',
    beforeCents: 100,
    afterCents: 150,
    refusedAfter: null,
    customers: 1,
  };
  test.each<[Partial<ImportEffect>, string]>([
    [{}, 'Junho de 2026 em aurora: a energia passa de 1,00 € para 1,50 € (1 cliente).'],
    [{ currency: 'NOK' }, 'Junho de 2026 em aurora: a energia passa de 1,00 kr para 1,50 kr (1 cliente).'],
    [{ afterCents: 100, customers: 0 }, 'Junho de 2026 em aurora: a energia custa o mesmo.'],
    [{ beforeCents: null }, 'Junho de 2026 em aurora: passa a poder ser valorizado, com 1,50 € de energia.'],
    [
      {
        afterCents: null,
        refusedAfter: { code: 'TARIFF.NOT_FOUND', band: 'ponta', seriesId: null, date: '2026-06-17' },
      },
      'Junho de 2026 em aurora: deixa de poder ser valorizado: falta um preço no tarifário (17/06/2026).',
    ],
    [
      { kind: 'billed', beforeCents: null, afterCents: null },
      'Junho de 2026 em aurora: já faturado. A diferença fica para acerto.',
    ],
  ])('%j', (part, text) => expect(plain(effectText(pt, { ...effect, ...part }))).toBe(text));
});

test('an explanation keeps the sessions in their order, with the pieces read so far', () => {
  const sample = { context: 'Sample.Clock', isDisregarded: false };
  const piece = (transactionId: number): Explanation['pieces'][number] => ({
    transactionId,
    connectorId: 1,
    startsAt: '2026-06-01T00:00:00.000Z',
    endsAt: '2026-06-01T00:15:00.000Z',
    startWh: 0,
    endWh: 5,
    isStartInterpolated: false,
    isEndInterpolated: false,
    wh: 5,
    isEstimated: false,
    before: { readingId: 1, at: '2026-06-01T00:00:00.000Z', registerWh: 0, messageId: 1, ...sample },
    after: { readingId: 2, at: '2026-06-01T00:15:00.000Z', registerWh: 5, messageId: 2, ...sample },
  });
  const consumption = { connectorId: 1, pieces: 2, wh: 10, estimatedWh: 0 };
  const page = {
    line: {
      lineId: '1',
      period: '2026-06',
      timeZone: 'Europe/Lisbon',
      currency: 'EUR',
      chargerLabel: 'ZCS',
      spotName: null,
      label: 'Vazio',
      band: 'vazio',
      interval: '00.00-07.00',
      direction: 'import',
      perKWhMicros: 1,
      isAveragePrice: false,
      wh: 20,
      cents: 1,
      isBilled: false,
    },
    consumptions: [
      { transactionId: 9, ...consumption },
      { transactionId: 4, ...consumption },
    ],
    wh: 20,
    differenceWh: 0,
    messages: [],
    nextCursor: null,
  };
  const pages = [
    { ...page, pieces: [piece(9), piece(9), piece(4)] },
    { ...page, pieces: [piece(4)] },
  ];
  expect(sessionsOf(pages).map(({ transactionId, pieces }) => [transactionId, pieces.length])).toEqual([
    [9, 2],
    [4, 2],
  ]);
});
