import { describe, expect, test } from '@jest/globals';

import type { Circuit, Invoice, Month, RatedLine, Spot, SpotState } from '#apps/backoffice/api-types.js';

import { wordsIn } from '../texts/words.js';
import { anomalyText } from './anomaly.js';
import { inBandOrder, niceTicks, shareOf } from './bands.js';
import { circuitTabs, NO_CIRCUIT, totalPowerW } from './circuits.js';
import { toCsv } from './csv.js';
import { invoiceActions, moneyPicture } from './invoice.js';
import { labelIn } from './label.js';
import { groupLines } from './lines.js';
import {
  byUrgency,
  monthActions,
  monthAsks,
  monthGroup,
  monthNeed,
  needText,
  outcomeText,
  progressOf,
  stopOf,
} from './month.js';
import { oddityDetail } from './oddity.js';
import { spotText } from './spot.js';
import { waitsForText } from './waits-for.js';
import { wayOf } from './way.js';

const pt = wordsIn('pt');
const plain = (text: string | null): string | null => text?.replaceAll('\u00a0', ' ') ?? null;

describe('a spot speaks as on the service’s own screen', () => {
  const state: SpotState = {
    code: 'disconnected',
    status: 'Available',
    errorCode: null,
    powerW: null,
    offeredW: null,
    energyWh: null,
    since: null,
    online: true,
  };
  test.each<[Partial<SpotState>, string]>([
    [{}, 'Carro desligado'],
    [{ code: 'charging', powerW: 2400, offeredW: 4600 }, 'A carregar com 2,4 kW de 4,6 kW atribuída'],
    [{ code: 'charging', powerW: 2400 }, 'A carregar com 2,4 kW'],
    [{ code: 'charging' }, 'A carregar'],
    [{ code: 'waiting', offeredW: 0 }, 'Ligado, à espera de energia'],
    [{ code: 'faulted', errorCode: 'GroundFailure' }, 'Avaria: fuga à terra'],
    [{ code: 'faulted', errorCode: 'NoError' }, 'Avaria'],
    [{ code: 'offline', online: false }, 'Sem ligação ao carregador'],
    [{ code: 'no-charger' }, 'Sem carregador'],
  ])('%j', (part, text) => expect(plain(spotText(pt, { ...state, ...part }))).toBe(text));
});

describe('what a process waits for', () => {
  test.each([
    [null, null],
    ['readings:zcs031974,zpr150666', 'Leituras de ZCS031974 e ZPR150666'],
    ['readings:a,b,c,d,+3', 'Leituras de A, B e mais 5'],
    ['approval:spike', 'Aprovação: consumo muito acima do habitual'],
    ['person:TARIFF.NOT_FOUND', 'Uma pessoa: falta um preço no tarifário'],
    ['person:TARIFF.NOT_FOUND:ponta:2026-06-01', 'Uma pessoa: falta um preço no tarifário (Ponta, 01/06/2026)'],
    ['person:TARIFF.NOT_FOUND:*:2026-06-01', 'Uma pessoa: falta um preço no tarifário (01/06/2026)'],
    [
      'person:TARIFF.SERIES_MISSING:omie-pt:2026-06-17T11:15:00+01:00',
      'Uma pessoa: faltam valores numa série de preços: importe-os e repita o passo (omie-pt, 17/06/2026 11:15)',
    ],
    ['person:PERMILLAGE.NOT_FOUND:cav:3012', 'Uma pessoa: falta a permilagem de uma fração (3012)'],
    [
      'person:CHARGE.UNKNOWN_TERM:cav:unit=per-week',
      'Uma pessoa: um encargo do tarifário tem um termo desconhecido (cav, unit=per-week)',
    ],
    ['person:DEBIT.AMOUNT_TOO_SMALL:1', 'Uma pessoa: valor demasiado baixo para um débito (0,01 €)'],
    ['person:ACTIVITY.FAILED:issueBatch', 'Uma pessoa: um passo falhou repetidamente'],
    ['person:held', 'Ser retomado'],
    ['collections', 'Cobranças em curso'],
    ['something-new', 'something new'],
  ])('%j', (waitsFor, text) => expect(plain(waitsForText(pt, waitsFor, 'EUR'))).toBe(text));
});

describe('anomalies', () => {
  const anomaly = (code: string, subject: string, detail: Record<string, unknown>, name: string | null = null) => ({
    code,
    subject,
    customer: name === null ? null : { id: subject, name },
    detail,
    acceptedAt: null,
  });
  test.each([
    [anomaly('zero-month', '', { placements: 9 }), 'Ninguém consumiu energia neste mês.'],
    [
      anomaly('spike', 'k3', { wh: 612_400, meanWh: 151_900 }, 'João Ferreira'),
      'João Ferreira consumiu 612,400 kWh, contra uma média de 151,900 kWh.',
    ],
    [
      anomaly('consumption-without-customer', '3054', { wh: 61_240, cents: 1371, spotName: '3054' }),
      'Lugar 3054: 61,240 kWh (13,71 €) num lugar sem titular. Não são faturados a ninguém.',
    ],
    [
      anomaly('unattributed-energy', '', { wh: 4120, byCharger: { zcs1: 1020, zcs2: 3100 } }),
      'O mês: 4,120 kWh passaram no contador fora de qualquer carregamento. Não são faturados a ninguém. (ZCS2 3,100 kWh; ZCS1 1,020 kWh)',
    ],
    [
      anomaly('register-fell', 'zcs1', { count: 1, transactions: [7], wh: 1_236_300, fromWh: 1_234_500, toWh: 0 }),
      'ZCS1: o contador desceu no meio de um carregamento, primeiro de 1.234,500 kWh para 0,000 kWh. O mês conta 1.236,300 kWh depois da descida. Se uma leitura está errada, desconsidere-a em «Porquê este valor?» e repita o passo.',
    ],
    [anomaly('register-fell', 'zcs1', {}), 'Contador que desceu: zcs1'],
    [
      anomaly('register-leapt', 'zcs1', { count: 2, transactions: [7, 9], wh: 1_204_500, fromWh: 0, toWh: 1_204_500 }),
      'ZCS1: o contador subiu mais do que um carregador pode dar, em 2 carregamentos, primeiro de 0,000 kWh para 1.204,500 kWh. O mês conta 1.204,500 kWh nessas subidas. Se uma leitura está errada, desconsidere-a em «Porquê este valor?» e repita o passo.',
    ],
    [
      anomaly('counted-twice', 'zcs1', { wh: 500, transactions: [7, 9], count: 3 }),
      'ZCS1: 0,500 kWh estão contados em duas sessões ao mesmo tempo (7, 9, …) e seriam faturados duas vezes. Desconsidere em «Porquê este valor?» as leituras que não são da sua sessão e repita o passo.',
    ],
    [
      anomaly('former-month-not-rated', '2026-06', { cause: 'TARIFF.NOT_FOUND', causeDetail: '{}' }),
      '2026-06 pode ter mudado, mas não pôde ser recalculado: falta um preço no tarifário.',
    ],
    [anomaly('brand-new', 'X', {}), 'brand new: X'],
  ])('%j', (found, text) => expect(plain(anomalyText(pt, found, 'EUR'))).toBe(text));

  test('a Norwegian month has its amounts in kroner', () => {
    const nobodys = anomaly('consumption-without-customer', '3054', { wh: 61_240, cents: 1371 });
    const bill = anomaly('retailer-bill-differs', '', { expectedCents: 100_000, invoicedCents: 105_000 });
    expect(plain(anomalyText(pt, nobodys, 'NOK'))).toContain('(13,71 kr)');
    expect(plain(anomalyText(pt, bill, 'NOK'))).toMatch(/1\.050,00 kr.*1\.000,00 kr/);
  });
});

const NOW = Date.parse('2026-07-03T12:00:00Z');
function month(part: Partial<Month>): Month {
  return {
    cycleId: 'c',
    installationId: 'i',
    installationName: 'Parque',
    currency: 'EUR',
    timeZone: 'Europe/Lisbon',
    period: '2026-06',
    step: 'rating',
    stepSince: '2026-07-03T11:00:00Z',
    waitsFor: null,
    done: 0,
    total: 0,
    held: false,
    hold: null,
    totalWh: 0,
    totalCents: 0,
    unattributedWh: 0,
    outcome: null,
    finishedAt: null,
    workflowId: 'w',
    workflowUrl: null,
    excelFileId: null,
    steps: [],
    anomalies: [],
    invoices: { issued: 0, grossCents: 0, paidCents: 0, settled: 0, processing: 0, arrears: 0, needPerson: 0 },
    ...part,
  };
}

describe('months', () => {
  test('readings need a person only after a day, approval and parking at once', () => {
    expect(monthNeed(month({ step: 'awaiting-readings' }), NOW)).toBeNull();
    expect(monthNeed(month({ step: 'awaiting-readings', stepSince: '2026-07-01T00:00:00Z' }), NOW)).toBe('readings');
    expect(monthNeed(month({ step: 'awaiting-approval' }), NOW)).toBe('approval');
    expect(monthNeed(month({ step: 'parked' }), NOW)).toBe('parked');
    expect(monthNeed(month({ held: true }), NOW)).toBe('held');
    expect(monthNeed(month({ step: 'done', held: true }), NOW)).toBeNull();
  });

  test('a held month asks to be released before it asks to be approved', () => {
    const both = month({ step: 'awaiting-approval', held: true });
    expect([monthNeed(both, NOW), monthAsks(both), stopOf(both)]).toEqual(['held', 'held', 'held']);
    expect(monthActions(both)).toMatchObject({ approve: true, release: true });
  });

  test('what it needs is told in a line, with who held it and why', () => {
    const approval = month({ step: 'awaiting-approval', waitsFor: 'approval:zero-month,spike' });
    expect(needText(pt, approval, 'approval')).toBe('Espera aprovação: mês a zero, consumo muito acima do habitual');
    const parked = month({ step: 'parked', waitsFor: 'person:TARIFF.NOT_FOUND' });
    expect(needText(pt, parked, 'parked')).toBe('Parado até uma pessoa decidir: falta um preço no tarifário');
    const hold = { by: 'rui@example.org', at: '2026-07-03T11:00:00Z', reason: 'contador trocado' };
    expect(needText(pt, month({ held: true, hold }), 'held')).toBe('Suspenso por rui@example.org: contador trocado');
    expect(needText(pt, month({ held: true }), 'held')).toBe('Suspenso por uma pessoa');
  });

  test('one with an invoice that does not get on needs a person, also when it is over', () => {
    const invoices = { issued: 4, grossCents: 9, paidCents: 8, settled: 3, processing: 0, arrears: 0, needPerson: 1 };
    const collecting = month({ step: 'collecting', invoices });
    expect(monthNeed(collecting, NOW)).toBe('invoices');
    expect(needText(pt, collecting, 'invoices')).toBe('1 fatura precisa de uma pessoa');
    const over = month({ step: 'done', finishedAt: '2026-07-03T00:00:00Z', invoices });
    expect([monthNeed(over, NOW), monthGroup(over, NOW)]).toEqual(['invoices', 'need-you']);
  });

  test('one that is over says how it came out, by its money now', () => {
    const over = { step: 'done', finishedAt: '2026-07-03T00:00:00Z' };
    const invoices = { issued: 39, grossCents: 1, paidCents: 0, settled: 38, processing: 0, arrears: 1, needPerson: 0 };
    expect(outcomeText(pt, month({ ...over, invoices }))).toBe('1 fatura em dívida');
    expect(outcomeText(pt, month({ ...over, invoices: { ...invoices, arrears: 2 } }))).toBe('2 faturas em dívida');
    expect(outcomeText(pt, month({ ...over, invoices: { ...invoices, settled: 39, arrears: 0 } }))).toBe('Tudo pago');
    expect(outcomeText(pt, month(over))).toBe('Nada a faturar');
    expect(outcomeText(pt, month({ ...over, step: 'cancelled' }))).toBeNull();
    expect(outcomeText(pt, month({ invoices }))).toBeNull();
  });

  test('its progress says what it counts', () => {
    const issued = { issued: 39, grossCents: 1, paidCents: 0, settled: 0, processing: 0, arrears: 0, needPerson: 0 };
    const steps = [
      { step: 'closing', state: 'done' as const },
      { step: 'rating', state: 'current' as const },
    ];
    expect(progressOf(month({ steps }))).toEqual({ done: 1, total: 2, unit: 'steps' });
    expect(progressOf(month({ step: 'invoicing', done: 3, total: 39 })).unit).toBe('invoices');
    expect(progressOf(month({ step: 'collecting', done: 3, total: 39, invoices: issued })).unit).toBe('collections');
    expect(progressOf(month({ step: 'awaiting-readings', done: 1, total: 2 })).unit).toBe('readings');
    expect(progressOf(month({ step: 'cancelled', finishedAt: '2026-07-03T00:00:00Z', steps }))).toMatchObject({
      done: 1,
    });
  });

  test('its own page tells at once which readings are missing', () => {
    expect(monthAsks(month({ step: 'awaiting-readings', waitsFor: 'readings:a' }))).toBe('readings');
    expect(monthAsks(month({ step: 'collecting' }))).toBeNull();
  });

  test('what needs a person comes first, then what runs, then what is over, the latest first', () => {
    const list = [
      month({ cycleId: 'old', step: 'done', finishedAt: '2026-05-03T00:00:00Z', period: '2026-04' }),
      month({ cycleId: 'recent', step: 'done', finishedAt: '2026-06-03T00:00:00Z', period: '2026-05' }),
      month({ cycleId: 'running' }),
      month({ cycleId: 'approval', step: 'awaiting-approval' }),
      month({ cycleId: 'parked', step: 'parked', period: '2026-03' }),
    ];
    expect(list.sort(byUrgency(NOW)).map(({ cycleId }) => cycleId)).toEqual([
      'parked',
      'approval',
      'running',
      'recent',
      'old',
    ]);
  });

  const possible = (part: Partial<Month>): string[] =>
    Object.entries(monthActions(month(part)))
      .filter(([, can]) => can)
      .map(([action]) => action);

  test.each<[Partial<Month>, string[]]>([
    [{ step: 'awaiting-readings' }, ['hold', 'waive-readings', 'cancel']],
    [{ step: 'awaiting-approval' }, ['approve', 'hold', 'retry', 'cancel']],
    [{ step: 'parked' }, ['retry', 'cancel']],
    [{ step: 'rating', held: true }, ['release', 'cancel']],
    [{ step: 'collecting' }, ['hold']],
    [{ step: 'done', finishedAt: '2026-07-03T00:00:00Z' }, []],
    [{ step: 'cancelled' }, []],
  ])('%j allows %j', (part, actions) => expect(possible(part)).toEqual(actions));

  test('a parked month with invoices cannot be cancelled', () => {
    const invoices = { issued: 3, grossCents: 1, paidCents: 0, settled: 0, processing: 0, arrears: 0, needPerson: 0 };
    expect(possible({ step: 'parked', invoices })).toEqual(['retry']);
  });
});

function invoice(part: Partial<Invoice>): Invoice {
  return {
    documentId: 'd',
    number: 'FT A2026/1',
    customerId: 'k',
    customerName: 'Ana',
    currency: 'EUR',
    grossCents: 10_000,
    dueCents: 10_000,
    dueDate: '2026-07-18',
    method: 'direct-debit',
    state: 'open',
    collection: { step: 'awaiting-due-date', waitsFor: 'due-date', nextActionAt: null, held: false, reason: null },
    arrears: null,
    workflowUrl: null,
    pdfFileId: null,
    transfer: null,
    waitsForReissue: false,
    ...part,
  };
}

describe('invoices', () => {
  const handedOver = {
    step: 'handed-to-arrears',
    waitsFor: null,
    nextActionAt: null,
    held: false,
    reason: 'no-mandate',
  };
  const chase: NonNullable<Invoice['arrears']> = {
    stage: 'reminder',
    cause: 'no-mandate',
    nextStage: null,
    nextActionAt: null,
    pausedReason: null,
    outcome: null,
  };

  test('a collection that waits can be held or cancelled, one at the bank only held', () => {
    expect(invoiceActions(invoice({}))).toEqual(['collection:record-transfer', 'collection:hold', 'collection:cancel']);
    const collection = { step: 'processing', waitsFor: 'provider', nextActionAt: null, held: false, reason: null };
    expect(invoiceActions(invoice({ collection }))).toEqual(['collection:record-transfer', 'collection:hold']);
  });

  test('a held one is released, a parked one retried', () => {
    const held = { step: 'awaiting-due-date', waitsFor: 'due-date', nextActionAt: null, held: true, reason: null };
    expect(invoiceActions(invoice({ collection: held }))).toContain('collection:release');
    const parked = { step: 'parked', waitsFor: 'person:X', nextActionAt: null, held: false, reason: null };
    expect(invoiceActions(invoice({ collection: parked }))).toContain('collection:retry');
  });

  test('in arrears the chase is steered, and only debits are debited again', () => {
    expect(invoiceActions(invoice({ collection: handedOver, arrears: chase }))).toEqual([
      'collection:record-transfer',
      'arrears:pause',
      'arrears:retry',
      'arrears:waive',
    ]);
    const paused = invoice({ collection: handedOver, arrears: { ...chase, pausedReason: 'x' }, method: 'transfer' });
    expect(invoiceActions(paused)).toEqual(['collection:record-transfer', 'arrears:resume', 'arrears:waive']);
  });

  test('a paid one asks for nothing', () => {
    const collection = { step: 'settled', waitsFor: null, nextActionAt: null, held: false, reason: null };
    expect(invoiceActions(invoice({ state: 'paid', dueCents: 0, collection }))).toEqual([]);
  });

  describe('tell where the money is on its way, why, and what follows when', () => {
    const AT = '2026-07-29T08:00:00Z';
    const way = (part: Partial<Invoice>) => wayOf(pt, invoice(part));
    const collecting = (step: string, waitsFor: string | null): Invoice['collection'] => ({
      step,
      waitsFor,
      nextActionAt: AT,
      held: waitsFor === 'person:held',
      reason: null,
    });

    test('an amount in why it stopped is in the currency of the invoice', () => {
      const collection = { ...handedOver, reason: 'DEBIT.AMOUNT_TOO_SMALL:250' };
      expect(plain(way({ collection })?.why ?? null)).toContain('(2,50 €)');
      expect(plain(way({ collection, currency: 'NOK' })?.why ?? null)).toContain('(2,50 kr)');
    });

    test.each([
      ['direct-debit', 'débito'],
      ['prepaid', 'descontar do saldo'],
      ['transfer', 'dívida, se não for paga'],
    ])('an invoice by %s at its due date', (method, what) => {
      expect(way({ method, collection: collecting('awaiting-due-date', 'due-date') })).toEqual({
        now: 'Esperar pelo vencimento',
        tone: 'plain',
        why: null,
        next: { what, at: AT },
      });
    });

    test('a debit at the bank is asked for again, also while the invoice is chased', () => {
      const next = { what: 'consultar o banco', at: AT };
      expect(way({ state: 'processing', collection: collecting('processing', 'provider') })).toMatchObject({ next });
      const arrears = { ...chase, nextStage: 'formal-notice', nextActionAt: AT };
      expect(way({ state: 'processing', collection: handedOver, arrears })).toMatchObject({ next });
    });

    test('what a person stopped says so, and what follows when it is resumed', () => {
      expect(way({ collection: collecting('awaiting-due-date', 'person:held') })).toMatchObject({
        now: 'Suspensa',
        tone: 'wait',
        next: { what: 'Espera que alguém a retome: Esperar pelo vencimento', at: null },
      });
      const arrears = { ...chase, pausedReason: 'plano de pagamento', nextStage: 'formal-notice', nextActionAt: AT };
      expect(way({ state: 'arrears', collection: handedOver, arrears })).toEqual({
        now: 'Em pausa: plano de pagamento',
        tone: 'wait',
        why: 'sem autorização de débito',
        next: { what: 'Espera que alguém a retome: Aviso formal', at: null },
      });
    });

    test('what is parked says what must be mended', () => {
      expect(way({ collection: collecting('parked', 'person:PAYMENT_METHOD.UNKNOWN') })).toMatchObject({
        tone: 'bad',
        next: { what: 'Uma pessoa: forma de pagamento desconhecida', at: null },
      });
      const arrears = { ...chase, stage: 'parked', pausedReason: 'person:ACTIVITY.FAILED' };
      expect(way({ collection: handedOver, arrears })).toMatchObject({
        tone: 'bad',
        next: { what: 'Uma pessoa: um passo falhou repetidamente' },
      });
    });

    test('a chase says why, and its next stage', () => {
      const arrears = { ...chase, cause: 'insufficient_funds', nextStage: 'retry', nextActionAt: AT };
      expect(way({ state: 'arrears', collection: handedOver, arrears })).toEqual({
        now: 'Lembrete',
        tone: 'plain',
        why: 'conta sem saldo suficiente',
        next: { what: 'Novo débito', at: AT },
      });
    });

    test('a chase at its end waits for people, unless the debt was paid after all', () => {
      const arrears = { ...chase, stage: 'suspension-proposed', outcome: 'suspension-proposed' };
      expect(way({ state: 'arrears', collection: handedOver, arrears })).toMatchObject({ tone: 'wait' });
      expect(way({ state: 'paid', dueCents: 0, collection: handedOver, arrears })).toEqual({
        now: 'Dívida liquidada',
        tone: 'plain',
        why: null,
        next: null,
      });
    });
  });

  test('the picture of the money adds up to what was invoiced', () => {
    const picture = moneyPicture([
      invoice({ state: 'paid', dueCents: 0 }),
      invoice({ state: 'processing' }),
      invoice({ state: 'partly-paid', dueCents: 4000 }),
      invoice({ state: 'arrears', dueCents: 9000 }),
      invoice({ state: 'disputed' }),
    ]);
    expect(picture).toEqual({ collected: 17_000, processing: 10_000, arrears: 19_000, open: 4000 });
    expect(Object.values(picture).reduce((sum, cents) => sum + cents, 0)).toBe(50_000);
  });
});

describe('tariff bands', () => {
  test('come from the cheapest to the dearest, an unknown one last', () => {
    const bands = ['ponta', 'novo', 'cheias', 'super-vazio', 'vazio-normal'].map((band) => ({ band }));
    expect(inBandOrder(bands).map(({ band }) => band)).toEqual([
      'super-vazio',
      'vazio-normal',
      'cheias',
      'ponta',
      'novo',
    ]);
  });

  test.each([
    [26_066, [0, 10_000, 20_000, 30_000]],
    [7_500, [0, 2_000, 4_000, 6_000, 8_000]],
    [3, [0, 1, 2, 3]],
    [0, [0]],
  ])('%i Wh has a scale of round figures that holds it', (highest, ticks) => {
    expect(niceTicks(highest)).toEqual(ticks);
  });

  test('shares are whole per cents', () => {
    expect(shareOf(1, 3)).toBe(3300);
    expect(shareOf(0, 0)).toBe(0);
  });
});

describe('lines are grouped as the charging report prints them', () => {
  const line = (part: Partial<RatedLine>): RatedLine => ({
    lineId: '1',
    estimatedErrorWh: 0,
    isAveragePrice: false,
    priceParts: null,
    spotName: '3012',
    chargerLabel: 'ZCS031903',
    season: 'Verão',
    dayType: 'Semana',
    label: 'Cheia 1',
    interval: '07.00-09.15',
    band: 'cheias',
    direction: 'import',
    wh: 1000,
    estimatedWh: 0,
    perKWhMicros: 200_000,
    cents: 20,
    ...part,
  });

  test('by place, season and day type: week, Saturday, Sunday', () => {
    const places = groupLines([
      line({ dayType: 'Domingo' }),
      line({ dayType: 'Sabado' }),
      line({ dayType: 'Semana' }),
      line({ dayType: 'Semana', label: 'Ponta' }),
      line({ spotName: '3013' }),
    ]);
    expect(places.map(({ spotName, wh, cents }) => ({ spotName, wh, cents }))).toEqual([
      { spotName: '3012', wh: 4000, cents: 80 },
      { spotName: '3013', wh: 1000, cents: 20 },
    ]);
    expect(places[0]?.tables.map(({ dayType, lines }) => [dayType, lines.length])).toEqual([
      ['Semana', 2],
      ['Sabado', 1],
      ['Domingo', 1],
    ]);
  });

  test('energy fed back is taken off', () => {
    const [place] = groupLines([line({}), line({ direction: 'export', wh: 400, cents: -8 })]);
    expect(place).toMatchObject({ wh: 600, cents: 12 });
  });
});

describe('circuits', () => {
  const circuit = (id: string, name: string, parentId: string | null): Circuit => ({
    id,
    name,
    maxCurrentA: 32,
    parentId,
  });
  const spot = (spotName: string, circuitId: string | null, powerW: number | null = null): Spot => ({
    spotId: spotName,
    spotName,
    circuitId,
    chargerId: null,
    chargerLabel: null,
    customerName: null,
    state: {
      code: powerW === null ? 'disconnected' : 'charging',
      status: null,
      errorCode: null,
      powerW,
      offeredW: null,
      energyWh: null,
      since: null,
      online: true,
    },
  });

  test('tabs by name, spots by number, a bare feeder has none, loose spots come last', () => {
    const tabs = circuitTabs(
      [
        circuit('f', 'Quadro geral', null),
        circuit('b', 'Piso -3 Circuito 10', 'f'),
        circuit('a', 'Piso -3 Circuito 2', 'f'),
      ],
      [spot('3055', 'a'), spot('3049', 'a'), spot('9', null), spot('8', 'gone')],
    );
    expect(tabs.map(({ id, spots }) => [id, spots.map(({ spotName }) => spotName)])).toEqual([
      ['a', ['3049', '3055']],
      ['b', []],
      [NO_CIRCUIT, ['8', '9']],
    ]);
  });

  test('power is summed over the cars that charge', () => {
    expect(totalPowerW([spot('1', null, 2400), spot('2', null), spot('3', null, 7300)])).toBe(9700);
  });
});

test('an oddity’s figures in a line', () => {
  const detail = { at: '2026-06-30T22:59:00.000Z', fromWh: 130_044, toWh: 120_400, nested: { not: 'shown' } };
  expect(plain(oddityDetail(pt, detail, 'Europe/Lisbon'))).toBe(
    'leitura de 30/06/2026 23:59, de 130,044 kWh, para 120,400 kWh',
  );
});

test('an oddity’s details are words, or are not shown', () => {
  const said = (detail: Record<string, unknown>) => plain(oddityDetail(pt, detail, 'Europe/Lisbon'));
  expect(said({ kind: 'zone', offsetMs: 7_200_000, driftMs: -1 })).toBe('Adiantado 2 h');
  expect(said({ asked: 3, state: 'answered', status: 'rejected' })).toBe('Respondido, recusado');
  expect(said({ state: 'expired', status: null })).toBe('Expirou');
  expect(said({ action: 'MeterValues', error: 'must have property connectorId' })).toBe('mensagem MeterValues');
});

test('a label in two languages is shown in the one of the page', () => {
  expect(labelIn('pt', 'Sem dinheiro · No money')).toBe('Sem dinheiro');
  expect(labelIn('en', 'Sem dinheiro · No money')).toBe('No money');
  expect(labelIn('en', 'Test mode')).toBe('Test mode');
  expect(labelIn('pt', 'a · b · c')).toBe('a · b · c');
});

describe('toCsv', () => {
  test('opens in a Portuguese Excel', () => {
    expect(toCsv(['Nome', 'Valor'], [['Ana; "B"', '1,56 €']])).toBe('\ufeffNome;Valor\r\n"Ana; ""B""";1,56 €\r\n');
  });

  test('runs nobody’s formula, and leaves numbers alone', () => {
    expect(toCsv(['a'], [['=HYPERLINK("x")'], ['+351'], [-5], [null]])).toBe(
      '\ufeffa\r\n"\'=HYPERLINK(""x"")"\r\n\'+351\r\n-5\r\n\r\n',
    );
  });
});
