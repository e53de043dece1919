import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { dueCents, prepaidBalanceCents } from '#libs/ledger/balances.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postWriteOff } from '#libs/ledger/post-events.js';
import { camt053, type CamtEntry } from '#test/bank-files/camt.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addCustomer, addInstallation, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { accountVault } from '../account-vault.js';
import { deductPrepaid } from '../deduct-prepaid.js';
import { customerReference, paymentReference } from '../payment-reference.js';
import { recordTransfer } from '../record-transfer.js';
import { writtenOffCents } from '../written-off.js';
import { decideOpen, undoDecision } from './decide-line.js';
import { importStatement } from './import-statement.js';
import { matchOpenLines } from './match-open-lines.js';
import { matchToBooks } from './match-to-books.js';

const NOW = new Date('2026-07-21T09:00:00Z');
const DAY = '2026-07-20';
const PAYER = 'PT50000201231234567890154';
const ISSUER = 'issuer';
const vault = accountVault('a secret of the installation');

let database: TestDatabase;
let customers = 0;
let files = 0;
beforeAll(async () => {
  database = await createTestDatabase();
  await addInstallation(database.sql);
});
afterAll(() => database.drop());
/** Nobody's line is left for the next story. */
beforeEach(async () => {
  for (const { id, amount_cents: cents } of await openLines()) {
    const kind = cents > 0 ? 'returned' : 'set-aside';
    await decideOpen(database.sql, kind, { lineId: id, key: `clear/${id}`, reason: 'x', by: 'test', now: NOW });
  }
});

async function openLines() {
  return database.sql
    .selectFrom('bank_line')
    .selectAll()
    .where(raw<boolean>`not exists (select from bank_decision where line_id = bank_line.id)`)
    .orderBy('booked_on')
    .orderBy('position')
    .execute();
}

async function customerWith(...grossCents: number[]) {
  const customerId = await addCustomer(database.sql, { id: `9${1000 + customers++}`, paymentMethod: 'transfer' });
  const documents: { id: string; reference: string }[] = [];
  for (const gross of grossCents) {
    const id = await addInvoice(database.sql, { customerId, grossCents: gross });
    const { number_text: numberText } = await database.sql
      .selectFrom('fiscal_document')
      .select('number_text')
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    documents.push({ id, reference: paymentReference({ numberText }) });
  }
  return { customerId, documents };
}

const entryOf = (cents: number, text: string, more: Partial<CamtEntry> = {}): CamtEntry => {
  files += 1;
  return { cents, day: DAY, reference: `B${files}`, text, ...more };
};

async function imported(entries: readonly CamtEntry[], dryRun = false) {
  const bytes = camt053({ from: DAY, to: DAY, openingCents: 0, entries });
  const file = { issuerId: ISSUER, fileName: 'july.xml', bytes, dryRun, by: 'ana@example.com', now: NOW };
  return importStatement(database.sql, vault, file);
}

const match = () => matchOpenLines(database.sql, { issuerId: ISSUER, now: NOW });
const due = (documentId: string) => dueCents(database.sql, documentId);

async function unmatchedCents(): Promise<number> {
  const { rows } = await raw<{ cents: number }>`select coalesce(-sum(amount_cents), 0)::bigint as cents from posting
    join ledger_account account on account.id = account_id where account.code = 'unmatched/issuer'`.execute(
    database.sql,
  );
  return rows[0]?.cents ?? 0;
}

async function expectBalanced(): Promise<void> {
  expect(await checkLedger(database.sql)).toEqual({ balanced: true, problems: [] });
}

async function onlyOpenLine() {
  const [line, ...others] = await openLines();
  if (line === undefined || others.length > 0) throw new Error(`${others.length + 1} open lines`);
  return line;
}

describe('an imported statement', () => {
  it('puts what came in into the books as unmatched, and keeps what went out', async () => {
    const before = await unmatchedCents();
    const result = await imported([
      entryOf(700, `juros ${PAYER}`, { iban: PAYER, name: 'Banco' }),
      entryOf(-199, 'fee'),
    ]);
    expect(result).toMatchObject({ imported: true, statements: [{ lines: 2, newLines: 2, creditCents: 700 }] });
    expect(await unmatchedCents()).toBe(before + 700);
    const [line] = await openLines();
    expect(line).toMatchObject({ text: 'juros …0154', counterparty_last4: '0154', counterparty_name: 'Banco' });
    expect(JSON.stringify(await openLines())).not.toContain(PAYER.slice(4));
    await expectBalanced();
  });

  it('is once in the books: the same file, a file of the same days, two imports at once', async () => {
    const shared = [
      entryOf(100, 'a'),
      { ...entryOf(50, 'same'), reference: 'twice' },
      { ...entryOf(50, 'same'), reference: 'twice' },
    ];
    const before = await unmatchedCents();
    await Promise.all([imported(shared), imported(shared)]);
    await imported(shared);
    const overlapping = await imported([...shared, entryOf(7, 'later')]);
    expect(overlapping.statements).toMatchObject([{ lines: 4, newLines: 1 }]);
    expect(await unmatchedCents()).toBe(before + 207);
    await expectBalanced();
  });

  it('changes nothing on a dry run, and nothing at all when something is wrong', async () => {
    const before = await openLines();
    expect(await imported([entryOf(1, 'x')], true)).toMatchObject({ imported: false, statements: [{ newLines: 1 }] });
    const bytes = camt053({ from: DAY, to: DAY, openingCents: 0, closingCents: 5, entries: [entryOf(1, 'x')] });
    const file = { issuerId: ISSUER, fileName: 'x', bytes, dryRun: false, by: 'x', now: NOW };
    expect(await importStatement(database.sql, vault, file)).toMatchObject({ imported: false, statements: [] });
    const foreign = camt053({ iban: PAYER, from: DAY, to: DAY, openingCents: 0, entries: [] });
    const refused = await importStatement(database.sql, vault, { ...file, bytes: foreign });
    expect(refused.problems[0]?.message).toContain("ends in 0154, which is not the issuer's");
    expect(await openLines()).toEqual(before);
  });

  it('refuses the same days in another format, and tells a gap between statements', async () => {
    await imported([entryOf(100, 'a')]);
    const csv = (text: string) => ({
      issuerId: ISSUER,
      fileName: 'x.csv',
      bytes: Buffer.from(text),
      dryRun: true,
      by: 'x',
      now: NOW,
    });
    const same = await importStatement(database.sql, vault, csv(`Data;Descrição;Montante\n${DAY};a;1,00\n`));
    expect(same.problems[0]?.message).toContain('imported before as camt.053');
    const later = 'Data;Descrição;Montante;Saldo\n2026-07-21;a;1,00;9,00\n';
    const gap = await importStatement(database.sql, vault, csv(later));
    expect(gap.statements).toMatchObject([{ openingCents: 800, gapCents: 100 }]);
  });
});

describe('matching', () => {
  it('pays by reference: in part, several at once, and what is beyond is paid ahead', async () => {
    const { customerId, documents } = await customerWith(3000, 4000);
    const [first, second] = documents;
    await imported([
      entryOf(1000, `pag ${second?.reference}`),
      entryOf(7000, customerReference({ customerId }), { iban: PAYER }),
      entryOf(77, 'nobody'),
    ]);
    const result = await match();
    expect(result).toMatchObject({ matched: 2, left: 1 });
    expect(new Set(result.documentIds)).toEqual(new Set(documents.map(({ id }) => id)));
    expect([await due(first?.id ?? ''), await due(second?.id ?? '')]).toEqual([0, 0]);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(1000);
    expect(await match()).toMatchObject({ matched: 0, left: 1 });
    await expectBalanced();
  });

  it('knows the payer again by the account, with the exact amount', async () => {
    const known = 'PT50003506510000123456733';
    const { customerId, documents } = await customerWith(2500, 2600);
    await imported([entryOf(2500, documents[0]?.reference ?? '', { iban: known })]);
    await match();
    await imported([entryOf(2600, 'no words', { iban: known }), entryOf(2601, 'no words', { iban: known })]);
    expect(await match()).toMatchObject({ matched: 1, left: 1 });
    expect(await due(documents[1]?.id ?? '')).toBe(0);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(0);
  });

  it('leaves to people what staff may have recorded by hand already: no transfer counts twice', async () => {
    const [one, other, former] = [await customerWith(3100), await customerWith(3100), await customerWith(3100)];
    const record = ({ documents: [document] }: typeof one, now: Date) =>
      recordTransfer(database.sql, { documentId: document?.id ?? '', amountCents: 3100, key: document?.id ?? '', now });
    await record(one, NOW);
    await record(former, new Date('2026-06-20T09:00:00Z'));
    const lines = [one, other, former].map(({ documents: [document] }) => entryOf(3100, document?.reference ?? ''));
    await imported(lines);
    expect(await match()).toMatchObject({ matched: 2, left: 1 });
    expect(await prepaidBalanceCents(database.sql, one.customerId)).toBe(0);
    expect(await prepaidBalanceCents(database.sql, former.customerId)).toBe(3100);
    expect(await due(other.documents[0]?.id ?? '')).toBe(0);
    const { id: lineId } = await onlyOpenLine();
    const known = { lineId, key: 'known', reason: 'recorded by hand', by: 'ana', now: NOW };
    expect(await decideOpen(database.sql, 'returned', known)).toMatchObject({ decided: true });
    await expectBalanced();
  });

  it('splits a line over several customers by a person, the rest stays unmatched', async () => {
    const [one, other] = [await customerWith(1000), await customerWith(2000)];
    await imported([entryOf(3500, 'two flats')]);
    const line = await onlyOpenLine();
    const parts = [
      { customerId: one.customerId, documentId: one.documents[0]?.id ?? '', amountCents: 1000 },
      { customerId: other.customerId, documentId: other.documents[0]?.id ?? '', amountCents: 1500 },
      { customerId: other.customerId, documentId: null, amountCents: 400 },
    ];
    const order = { lineId: line.id, key: 'split-1', parts, foundBy: 'person', by: 'ana', now: NOW };
    const before = await unmatchedCents();
    const [first, again] = await Promise.all([matchToBooks(database.sql, order), matchToBooks(database.sql, order)]);
    expect([first, again].map((result) => 'decided' in result && result.decided).toSorted()).toEqual([false, true]);
    expect(await unmatchedCents()).toBe(before - 2900);
    expect([await due(one.documents[0]?.id ?? ''), await due(other.documents[0]?.id ?? '')]).toEqual([0, 500]);
    expect(await prepaidBalanceCents(database.sql, other.customerId)).toBe(400);
    const more = { ...order, key: 'split-2', parts: [{ ...parts[2], amountCents: 601 } as (typeof parts)[number]] };
    expect(await matchToBooks(database.sql, more)).toMatchObject({ refused: { code: 'PARTS_EXCEED_LINE' } });
    await expectBalanced();
  });

  it('never gives an invoice more than is due on it, nor money to a stranger', async () => {
    const { customerId, documents } = await customerWith(1000);
    await imported([entryOf(3000, 'x')]);
    const line = await onlyOpenLine();
    const documentId = documents[0]?.id ?? '';
    const code = async (parts: readonly { customerId: string; documentId: string | null; amountCents: number }[]) => {
      const order = { lineId: line.id, key: `code-${files++}`, parts, foundBy: 'person', by: 'ana', now: NOW };
      const result = await matchToBooks(database.sql, order);
      return 'refused' in result ? result.refused.code : null;
    };
    expect(await code([{ customerId, documentId, amountCents: 1001 }])).toBe('PART_EXCEEDS_DUE');
    expect(await code([{ customerId: 'nobody', documentId: null, amountCents: 1 }])).toBe('CUSTOMER_NOT_FOUND');
    const other = await customerWith();
    expect(await code([{ customerId: other.customerId, documentId, amountCents: 1 }])).toBe('PART_OF_ANOTHER_ISSUER');
    const twice = { customerId, documentId, amountCents: 1 };
    expect(await code([twice, twice])).toBe('PARTS_INVALID');
    expect(await code([])).toBe('PARTS_INVALID');
    expect(await due(documentId)).toBe(1000);
  });

  /** getlago/lago-api PR 3618: a wallet credited twice by concurrent settlement. */
  it('credits once when two matches of one line run at once (lago-api PR 3618)', async () => {
    const { customerId } = await customerWith();
    await imported([entryOf(900, 'ahead')]);
    const line = await onlyOpenLine();
    const parts = [{ customerId, documentId: null, amountCents: 900 }];
    const order = (key: string) => ({ lineId: line.id, key, parts, foundBy: 'person', by: 'ana', now: NOW });
    const results = await Promise.all(['p1', 'p2', 'p3'].map((key) => matchToBooks(database.sql, order(key))));
    expect(results.filter((result) => 'decided' in result)).toHaveLength(1);
    expect(await prepaidBalanceCents(database.sql, customerId)).toBe(900);
  });
});

describe('a decision taken back', () => {
  it('makes the invoice due again and the money unmatched, once, and matching does not repeat it', async () => {
    const { documents } = await customerWith(3000);
    const [document] = documents;
    await imported([entryOf(3000, document?.reference ?? '')]);
    await match();
    const before = await unmatchedCents();
    const { id: decisionId, line_id: lineId } = await database.sql
      .selectFrom('bank_decision')
      .select(['id', 'line_id'])
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const order = { lineId, decisionId, key: 'undo-1', reason: 'another payer', by: 'ana', now: NOW };
    expect(await undoDecision(database.sql, order)).toMatchObject({ decided: true, documentIds: [document?.id] });
    expect(await undoDecision(database.sql, order)).toMatchObject({ decided: false, documentIds: [document?.id] });
    expect(await undoDecision(database.sql, { ...order, key: 'undo-2' })).toMatchObject({
      refused: { code: 'DECISION_UNDONE_BEFORE' },
    });
    expect(await due(document?.id ?? '')).toBe(3000);
    expect(await unmatchedCents()).toBe(before + 3000);
    await match();
    expect(await due(document?.id ?? '')).toBe(3000);
    const back = { lineId, key: 'back-1', reason: 'wrong account', by: 'ana', now: NOW };
    await decideOpen(database.sql, 'returned', back);
    expect(await unmatchedCents()).toBe(before);
    await expectBalanced();
  });

  it('of an invoice that had been written off: it is written off again, and nobody is chased for it', async () => {
    const { documents } = await customerWith(3000);
    const [{ id: documentId, reference } = { id: '', reference: '' }] = documents;
    const facts = { key: `off/${documentId}`, documentId, amountCents: 3000, occurredAt: NOW };
    await database.sql.transaction().execute((trx) => postWriteOff(trx, facts));
    await imported([entryOf(2000, reference)]);
    await match();
    expect(await writtenOffCents(database.sql, documentId)).toBe(1000);
    const { id: decisionId, line_id: lineId } = await database.sql
      .selectFrom('bank_decision')
      .select(['id', 'line_id'])
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    await undoDecision(database.sql, { lineId, decisionId, key: 'undo-4', reason: 'x', by: 'ana', now: NOW });
    expect(await writtenOffCents(database.sql, documentId)).toBe(3000);
    expect(await due(documentId)).toBe(0);
    await expectBalanced();
  });

  it('is refused when what it paid ahead was used meanwhile', async () => {
    const { customerId } = await customerWith();
    await imported([entryOf(1000, customerReference({ customerId }))]);
    await match();
    const documentId = await addInvoice(database.sql, { customerId, grossCents: 400 });
    await deductPrepaid(database.sql, { documentId, now: NOW });
    const { id: decisionId, line_id: lineId } = await database.sql
      .selectFrom('bank_decision')
      .select(['id', 'line_id'])
      .orderBy('id', 'desc')
      .executeTakeFirstOrThrow();
    const order = { lineId, decisionId, key: 'undo-3', reason: 'x', by: 'ana', now: NOW };
    expect(await undoDecision(database.sql, order)).toEqual({ refused: { code: 'CREDIT_USED', detail: customerId } });
    await expectBalanced();
  });

  it('of what the provider paid out leaves the bank account to the payout itself', async () => {
    await imported([entryOf(9000, 'STRIPE PAYMENTS')]);
    const line = await onlyOpenLine();
    const before = await unmatchedCents();
    await decideOpen(database.sql, 'processor-payout', {
      lineId: line.id,
      key: 'po',
      reason: 'po_1',
      by: 'ana',
      now: NOW,
    });
    expect(await unmatchedCents()).toBe(before - 9000);
    await expectBalanced();
  });
});

it('keeps lines and decisions as they are', async () => {
  await expect(raw`update bank_line set amount_cents = 1`.execute(database.sql)).rejects.toThrow('permission denied');
  await expect(raw`delete from bank_decision`.execute(database.sql)).rejects.toThrow('permission denied');
});
