import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { camt053, CAMT_IBAN, type CamtStatement } from '#test/bank-files/camt.js';

import { readStatement } from './read-statement.js';
import { centsOf, dayOf } from './statement-csv.js';
import { withoutIbans, type BankStatement } from './statement.js';

const PAYER = 'PT50000201231234567890154';

function statementOf(bytes: Uint8Array): BankStatement {
  const read = readStatement(bytes);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const [statement] = read.statements;
  if (statement === undefined) throw new Error('no statement');
  return statement;
}

const problemsOf = (bytes: Uint8Array | string) => {
  const read = readStatement(typeof bytes === 'string' ? Buffer.from(bytes) : bytes);
  return 'problems' in read ? read.problems : [];
};

describe('camt.053', () => {
  const day = '2026-07-20';
  const file: CamtStatement = {
    from: day,
    to: day,
    openingCents: 10_000,
    entries: [
      { cents: 5050, day, reference: 'B1', text: `TRF DE ${PAYER} RF18 5390`, name: 'Ana', iban: PAYER },
      { cents: -199, day, reference: 'B2', text: 'Comissão' },
      { cents: 700, day, status: 'PDNG' },
      { cents: 100, day, creditorReference: 'RF18539007547034', endToEndId: 'e2e' },
    ],
  };

  it.each(['02', '08'] as const)('reads booked entries of version %s, pending ones not', (version) => {
    const statement = statementOf(camt053({ ...file, version }));
    expect(statement).toMatchObject({
      format: 'camt.053',
      iban: CAMT_IBAN,
      currency: 'EUR',
      openedOn: day,
      closedOn: day,
      openingCents: 10_000,
      closingCents: 14_951,
    });
    expect(statement.lines.map(({ amountCents }) => amountCents)).toEqual([5050, -199, 100]);
    expect(statement.lines[0]).toMatchObject({
      bankReference: 'B1',
      text: 'TRF DE …0154 RF18 5390',
      counterpartyName: 'Ana',
      counterpartyIban: PAYER,
      endToEndId: null,
    });
    expect(statement.lines[2]).toMatchObject({ reference: 'RF18539007547034', endToEndId: 'e2e' });
  });

  it('tells the payments of a batch one by one when they make its sum, with why they came back', () => {
    const batch = [
      { cents: -1000, endToEndId: 'a', returnCode: 'AM04' },
      { cents: -500, endToEndId: 'b', returnCode: 'MD06' },
    ];
    const entry = { cents: -1500, day, reference: 'B9', batch };
    const [first, second, ...others] = statementOf(camt053({ ...file, version: '08', entries: [entry] })).lines;
    expect(others).toEqual([]);
    expect(first).toMatchObject({ amountCents: -1000, endToEndId: 'a', returnCode: 'AM04' });
    expect(second).toMatchObject({ amountCents: -500, endToEndId: 'b', returnCode: 'MD06' });
    const unequal = statementOf(camt053({ ...file, entries: [{ ...entry, cents: -1600 }] }));
    expect(unequal.lines.map(({ amountCents }) => amountCents)).toEqual([-1600]);
  });

  it('checks that the opening balance and the entries make the closing one', () => {
    const [problem] = problemsOf(camt053({ ...file, closingCents: 14_950 }));
    expect(problem).toMatchObject({ column: 'Bal' });
    expect(problem?.message).toContain('-0.01 is missing');
  });

  it('says where what is wrong', () => {
    const wrong = camt053(file)
      .toString()
      .replace('50.50</Amt>', '50.505</Amt>')
      .replace(`<BookgDt><Dt>${day}</Dt>`, '<BookgDt><Dt>July</Dt>');
    const problems = problemsOf(wrong);
    expect(problems).toContainEqual(expect.objectContaining({ column: 'Amt' }));
    expect(problems).toContainEqual(expect.objectContaining({ column: 'BookgDt', message: 'is no day' }));
    expect(problems.every(({ row }) => row > 1)).toBe(true);
    expect(problemsOf('<a/>')[0]?.message).toContain('no camt.053');
  });
});

describe('CSV', () => {
  const csv = [
    'Conta;0001234;EUR',
    'Período;01-07-2026 a 31-07-2026',
    '',
    'Data mov.;Data valor;Descrição;Débito;Crédito;Saldo contabilístico',
    '20-07-2026;21-07-2026;TRF 12 FT CZM2026/17;;1.234,56;2.234,56',
    '19-07-2026;19-07-2026;Comissão;10,00;;1.000,00',
    ';;Saldo final;;;2.234,56',
  ].join('\r\n');

  it('finds the header under the preamble and checks the running balance from the latest movement on', () => {
    const statement = statementOf(Buffer.from(csv));
    expect(statement).toMatchObject({
      format: 'csv',
      openedOn: '2026-07-19',
      closedOn: '2026-07-20',
      openingCents: 101_000,
      closingCents: 223_456,
    });
    expect(statement.lines[0]).toMatchObject({
      at: 1,
      bookedOn: '2026-07-20',
      valueOn: '2026-07-21',
      amountCents: 123_456,
      text: 'TRF 12 FT CZM2026/17',
    });
    expect(statement.lines[1]?.amountCents).toBe(-1000);
  });

  it('reads Windows-1252, one column of amounts, oldest first, and without a balance checks none', () => {
    const text = 'Data;Descrição;Montante\n2026-07-01;Transferência;10,00\n2026-07-02;Comissão;-1\n';
    const statement = statementOf(Buffer.from(text, 'latin1'));
    expect(statement.lines.map(({ text: said }) => said)).toEqual(['Transferência', 'Comissão']);
    expect(statement).toMatchObject({ openingCents: null, closingCents: null });
  });

  it('takes the header names of another bank', () => {
    const bytes = Buffer.from('Fecha,Concepto,Importe EUR\n01/07/2026,Abono,"1.000,00"\n');
    const columns = { date: 'Fecha', description: 'Concepto', amount: 'Importe EUR' };
    const read = readStatement(bytes, { columns });
    expect(read).toMatchObject({ statements: [{ lines: [{ amountCents: 100_000, text: 'Abono' }] }] });
  });

  it('says row and column of all that is wrong', () => {
    expect(problemsOf('Data;Descrição;Montante\n31-02-2026;a;1,00\n01-07-2026;b;1.234\n01-07-2026;c;0,00\n')).toEqual([
      { row: 1, column: 'date', message: 'expected a day such as 31-07-2026, got "31-02-2026"' },
      { row: 2, column: 'amount', message: 'expected an amount such as -1.234,56, got "1.234"' },
      { row: 3, column: 'amount', message: 'is zero' },
    ]);
    expect(problemsOf('a;b\n1;2\n')[0]?.message).toContain('Montante');
    expect(problemsOf('Data;Débito;Crédito\n01-07-2026;1,00;1,00\n')[0]).toMatchObject({ row: 1, column: 'debit' });
  });

  it('sees that a row is missing', () => {
    const missing = csv.replace('2.234,56', '2.234,57');
    expect(problemsOf(missing)).toEqual([expect.objectContaining({ row: 1, column: 'balance' })]);
  });
});

describe('amounts and days', () => {
  it('reads every amount as a Portuguese bank writes it', () => {
    const text = (cents: number) =>
      (cents / 100).toLocaleString('pt-PT', { minimumFractionDigits: 2, useGrouping: 'always' }).replace(/\s/g, '.');
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (cents) => {
        expect(centsOf(text(cents))).toBe(cents);
        expect(centsOf((cents / 100).toFixed(2))).toBe(cents);
      }),
    );
  });

  it.each(['1.234', '1,234', '1.23.4,00', '1,2', '', 'dez', '1.234.56', '12.34,5', '1,234,567'])(
    'refuses "%s"',
    (text) => {
      expect(centsOf(text)).toBeNull();
    },
  );

  it('knows a day from none', () => {
    expect(['2026-07-01', '01-07-2026', '1/7/2026', '2026/07/01'].map(dayOf)).toEqual(Array(4).fill('2026-07-01'));
    expect(['31-02-2026', '07-2026', '2026-13-01', ''].map(dayOf)).toEqual(Array(4).fill(null));
  });

  it('hides an IBAN in a text and nothing else', () => {
    expect(withoutIbans('de PT50 0002 0123 1234 5678 9015 4 a DE89370400440532013000.')).toBe('de …0154 a …3000.');
    expect(withoutIbans('RF18 FTCZ M202 6ABC DEFG')).toBe('RF18 FTCZ M202 6ABC DEFG');
    expect(withoutIbans('RF18 5390 0754 7034')).toBe('RF18 5390 0754 7034');
    expect(withoutIbans('FT CZM2026/17')).toBe('FT CZM2026/17');
  });
});
