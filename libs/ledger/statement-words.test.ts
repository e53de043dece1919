import { describe, expect, it } from '@jest/globals';

import { ENTRY_KINDS } from './entry.js';
import { movementOf, MOVEMENTS } from './movement.js';
import { statementCsv } from './statement-csv.js';
import { lineInWords } from './statement-words.js';

const found = (kind: string, key: string, through: 'provider' | 'bank' | null = null) =>
  movementOf({ kind, key, through });

describe('a line of a statement', () => {
  it('says by what means money came', () => {
    expect(found('payment', 'settle/1', 'provider')).toBe('direct-debit');
    expect(found('payment', 'settle/1', 'bank')).toBe('direct-debit');
    expect(found('top-up', 'credit/1', 'provider')).toBe('direct-debit');
    expect(found('payment', 'checkout/1/2', 'provider')).toBe('online-payment');
    expect(found('payment', 'transfer/x', 'bank')).toBe('transfer');
    expect(found('unmatched-applied', 'match/1/0', 'bank')).toBe('transfer');
    expect(found('top-up', 'top-up/1', 'provider')).toBe('paid-ahead');
    expect(found('top-up', 'refund-back/1', 'provider')).toBe('refund-returned');
    expect(found('payment', 'reinstate/du_1', 'provider')).toBe('payment');
    expect(found('payment', 'deduct/1/issue')).toBe('from-balance');
    expect(found('reversal', 'undo/match/1/0', 'bank')).toBe('correction');
  });

  it('has a word for every kind of entry', () => {
    const kinds = ENTRY_KINDS.map((kind) => found(kind, 'x/1'));
    expect(kinds.every((movement) => MOVEMENTS.includes(movement))).toBe(true);
  });

  it('is said in the words of its reader', () => {
    expect(lineInWords({ movement: 'invoice', number: 'FT 2026/12' }, 'pt')).toBe('Fatura FT 2026/12');
    expect(lineInWords({ movement: 'transfer', number: null }, 'en')).toBe('Transfer received');
  });
});

describe('a statement as CSV', () => {
  const line = {
    at: new Date('2026-07-03T10:00:00Z'),
    entryId: '0190aaaa-0000-7000-8000-000000000000',
    kind: 'invoice-issued',
    movement: 'invoice' as const,
    number: 'FT 2026/12',
    documentId: null,
    amountCents: -123_456,
    balanceCents: -123_451,
  };
  const statement = {
    from: '2026-07-01',
    to: '2026-08-01',
    currency: 'EUR',
    openingCents: 5,
    closingCents: -123_451,
    items: [line],
  };

  it('is in the words and with the columns of the language', () => {
    expect(statementCsv(statement, 'pt').split('\r\n')).toEqual([
      'data,movimento,documento,valor,saldo,moeda',
      '2026-07-01,Saldo no início,,,0.05,EUR',
      '2026-07-03T10:00:00.000Z,Fatura,FT 2026/12,-1234.56,-1234.51,EUR',
      '2026-08-01,Saldo no fim,,,-1234.51,EUR',
      '',
    ]);
    expect(statementCsv(statement, 'en')).toContain('Invoice,FT 2026/12,');
  });
});
