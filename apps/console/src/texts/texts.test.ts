import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { describe, expect, test } from '@jest/globals';

import {
  ADJUSTMENT_DECISION_NAMES,
  ADJUSTMENT_STATES,
  ARREARS_ACTIONS,
  ARREARS_NEEDS,
  BILL_MEANINGS,
  COLLECTION_ACTIONS,
  INVOICE_STATES,
  MONTH_ACTIONS,
  PAYMENT_METHODS,
  ROLE_NAMES,
  SPOT_CODES,
  TARIFF_CHANGES,
} from '#apps/backoffice/api-types.js';
import { MOVEMENTS } from '#libs/ledger/movement.js';
import { STATEMENT_WORDS } from '#libs/ledger/statement-words.js';
import { FLAGS } from '#libs/metering/flags.js';
import { builtInCalendarIds } from '#libs/tariff/calendar-files.js';
import { CHARGE_UNITS, SHARES } from '#libs/tariff/charge-words.js';
import { ARREARS_STAGES } from '#workflows/arrears/messages.js';
import { COLLECTION_STEPS } from '#workflows/collection/messages.js';
import { MONTH_STEPS } from '#workflows/installation-month/messages.js';

import { RECONCILED } from '../wording/bill.js';
import en from './en.json' with { type: 'json' };
import pt from './pt.json' with { type: 'json' };
import { isTextKey, nameOf, translator } from './translate.js';

/** The names in braces at the outer level, plural and its like included. */
function placeholders(text: string): string[] {
  const names = [...text.matchAll(/\{(\w+)(?:,|\})/g)].map((match) => match[1] ?? '');
  return [...new Set(names)].sort();
}

describe('both languages', () => {
  test('have the same keys', () => {
    expect(Object.keys(en).sort()).toEqual(Object.keys(pt).sort());
  });

  test('say something, with the same placeholders', () => {
    const texts: Record<string, string> = en;
    for (const [key, text] of Object.entries(pt)) {
      expect([key, text.trim() === '']).toEqual([key, false]);
      expect([key, placeholders(texts[key] ?? '')]).toEqual([key, placeholders(text)]);
    }
  });

  test.each(['pt', 'en'] as const)('every text of %s is a well-formed message', (language) => {
    const t = translator(language);
    const values = Object.fromEntries(
      Object.values(pt)
        .flatMap(placeholders)
        .map((name) => [name, 2]),
    );
    for (const key of Object.keys(pt)) if (isTextKey(key)) expect(t(key, values)).not.toContain('{');
  });
});

/** The codes of refusals with which a process parks (`TARIFF.NOT_FOUND`), from the sources that say them. */
function refusalCodes(): string[] {
  const root = fileURLToPath(new URL('../../../../', import.meta.url));
  const sources = [
    'apps/worker',
    'libs/payments',
    'libs/rating',
    'libs/imputation',
    'libs/invoicing',
    'workflows',
  ].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .map((file) => readFileSync(join(root, folder, file), 'utf8')),
  );
  const codes = sources.flatMap((source) => [...source.matchAll(/'([A-Z_]+\.[A-Z_]+)'/g)].map(([, code = '']) => code));
  const elsewhere = new Set(['COMMAND.REFUSED', 'READINGS.NO_HEADER']); // to the back office, to the command line
  return [...new Set(codes)].filter((code) => !elsewhere.has(code));
}

/** Those that a person is answered with by the API, and no process parks with. */
const isAnswered = (code: string): boolean => /^(?:CHECKOUT|REFUND)\./.test(code);
const problemKey = (code: string): string => `problem.${code.toLowerCase().replaceAll(/[._]/g, '-')}`;

test('what a payment or a refund is refused with has a text', () => {
  const codes = refusalCodes().filter(isAnswered);
  expect(codes).toContain('CHECKOUT.NOT_DUE');
  expect(codes.filter((code) => !isTextKey(problemKey(code)))).toEqual([]);
});

test('what the bank page and the page of SEPA debits are refused with has a text', () => {
  const source = (file: string): string =>
    readFileSync(fileURLToPath(new URL(`../../../backoffice/${file}`, import.meta.url)), 'utf8');
  const bank = [...source('bank-refusals.ts').matchAll(/^ {2}([A-Z_]+):/gm)].map(([, code = '']) => `BANK.${code}`);
  const sepa = [...source('sepa-refusals.ts').matchAll(/\[\s*'([a-z-]+)'/g)].map(([, code = '']) => code);
  expect(bank).toContain('BANK.CREDIT_USED');
  expect(sepa).toEqual(expect.arrayContaining(['iban-invalid', 'sepa-date-too-soon', 'sepa-mandate-holder']));
  const byStatus = new Set(['problem.not-found', 'problem.bank-line-not-found']);
  const keys = [...bank, ...sepa].map(problemKey);
  expect(keys.filter((key) => !byStatus.has(key) && !isTextKey(key))).toEqual([]);
});

test('the codes of refusals are found where they are said', () => {
  expect(refusalCodes()).toEqual(
    expect.arrayContaining(['TARIFF.NOT_FOUND', 'DEBIT.AMOUNT_TOO_SMALL', 'ACTIVITY.FAILED']),
  );
});

describe('every code of the system has a text', () => {
  test.each([
    ['step', [...MONTH_STEPS, 'parked', 'cancelled']],
    ['collection', [...COLLECTION_STEPS, 'parked', 'cancelled']],
    ['arrears', [...ARREARS_STAGES, 'parked']],
    ['state', INVOICE_STATES],
    ['method', PAYMENT_METHODS],
    ['role', ROLE_NAMES],
    ['spot.state', SPOT_CODES],
    ['odd', FLAGS],
    ['action', MONTH_ACTIONS],
    ['collection-action', [...COLLECTION_ACTIONS, 'record-transfer']],
    ['arrears-action', ARREARS_ACTIONS],
    ['arrears-need', ARREARS_NEEDS],
    ['arrears.outcome', ['settled', 'waived', 'written-off', 'handed-over', 'suspension-proposed']],
    ['cause', refusalCodes().filter((code) => !isAnswered(code))],
    [
      'anomaly',
      [
        'zero-month',
        'spike',
        'unattributed-energy',
        'consumption-without-customer',
        'register-fell',
        'register-leapt',
        'counted-twice',
        'former-month-differs',
        'former-month-not-rated',
        'retailer-bill-differs',
      ],
    ],
    ['tariff.change', TARIFF_CHANGES],
    ['unit', CHARGE_UNITS.filter((unit) => unit !== 'percent-of-energy')],
    ['share', SHARES],
    ['component', ['energy', 'network-access', 'levy', 'discount']],
    ['bill.meaning', BILL_MEANINGS],
    ['adjustment-state', ADJUSTMENT_STATES],
    ['adjustment-decision', ADJUSTMENT_DECISION_NAMES],
    ['adjustment-reason', ['late-readings', 'corrected-readings', 'price-plan', 'registry', 'credit-carried']],
    ['bill.part.recovered', RECONCILED.filter(([side]) => side === 'recovered').map(([, code]) => code)],
    ['bill.part.residual', RECONCILED.filter(([side]) => side === 'residual').map(([, code]) => code)],
    ['calendar.name', builtInCalendarIds()],
  ])('%s', (prefix, codes) => {
    expect(codes.filter((code) => !isTextKey(`${prefix}.${code}`))).toEqual([]);
  });
});

test.each(['pt', 'en'] as const)('movements are called in %s what files call them', (language) => {
  const t = translator(language);
  const said = MOVEMENTS.map((movement) => [movement, nameOf(t, 'movement', movement)]);
  expect(Object.fromEntries(said)).toEqual(STATEMENT_WORDS[language].movements);
});

test('plurals', () => {
  const t = translator('pt');
  expect(t('month.invoices.count', { count: 0 })).toBe('Nenhuma fatura');
  expect(t('month.invoices.count', { count: 1 })).toBe('1 fatura');
  expect(t('month.invoices.count', { count: 38 })).toBe('38 faturas');
  expect(t('month.progress.readings', { done: 0, total: 1 })).toBe('0 de 1 carregador');
  expect(t('month.progress.collections', { done: 3, total: 39 })).toBe('3 de 39 cobranças');
  expect(t('month.invoices.settled', { settled: 1, issued: 4 })).toBe('1 de 4 paga');
});

test('a code that nobody has worded is shown in plain letters', () => {
  expect(nameOf(translator('pt'), 'odd', 'brand-new_code')).toBe('brand new code');
});
