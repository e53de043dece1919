import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { seedGoldenJune } from '#test/data/documents.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { issueCreditNote, type CreditNoteOrder, type IssuedCreditNote } from './issue-credit-note.js';
import { issueInvoice } from './issue-invoice.js';

const NOW = new Date('2026-07-20T09:00:00Z');

let database: TestDatabase;
let documentId: string;
let cycleId: string;
beforeEach(async () => {
  database = await createTestDatabase();
  ({ cycleId } = await seedGoldenJune(database.sql));
  const order = { cycleId, customerId: '1001', now: new Date('2026-07-01T05:00:00Z'), signer: TEST_SIGNER };
  const invoice = await database.sql.transaction().execute((trx) => issueInvoice(trx, order));
  if ('refused' in invoice) throw new Error(invoice.refused.code);
  ({ documentId } = invoice);
});
afterEach(() => database.drop());

const credit = (order: Partial<CreditNoteOrder>) =>
  database.sql.transaction().execute((trx) =>
    issueCreditNote(trx, {
      documentId,
      key: 'a',
      choice: 'whole',
      reason: 'mudança',
      now: NOW,
      signer: TEST_SIGNER,
      ...order,
    }),
  );

async function credited(order: Partial<CreditNoteOrder>): Promise<IssuedCreditNote> {
  const result = await credit(order);
  if ('refused' in result) throw new Error(result.refused.code);
  return result;
}

async function accepted(netCents: number): Promise<string> {
  const { id } = await database.sql
    .insertInto('adjustment')
    .values({ cycle_id: cycleId, customer_id: '1001', net_cents: netCents, state: 'accepted', found_at: NOW })
    .returning('id')
    .executeTakeFirstOrThrow();
  return id;
}

describe('issueCreditNote', () => {
  it('gives the whole invoice back in a series of its own, of no month', async () => {
    const note = await credited({});
    expect(note).toMatchObject({ numberText: 'NC CZM2026/1', grossCents: -9_887 });
    const row = await database.sql
      .selectFrom('fiscal_document')
      .selectAll()
      .where('id', '=', note.documentId)
      .executeTakeFirstOrThrow();
    expect(row).toMatchObject({
      type: 'NC',
      cycle_id: null,
      references_document_id: documentId,
      reason: 'mudança',
      net_cents: -8_038,
      vat_cents: -1_849,
      vat_groups: [{ code: 'NOR', ratePermyriad: 2_300, netCents: -8_038, vatCents: -1_849 }],
      period_from: '2026-06-01',
      issue_date: '2026-07-20',
      key: `credit/${documentId}/a`,
    });
    const lines = await database.sql
      .selectFrom('document_line')
      .selectAll()
      .where('document_id', '=', note.documentId)
      .orderBy('line_no')
      .execute();
    expect(lines.map(({ line_no, credits_line_no }) => [line_no, credits_line_no])).toEqual(
      Array.from({ length: 8 }, (_, index) => [index + 1, index + 1]),
    );
    expect(lines.reduce((sum, line) => sum + (line.wh ?? 0), 0)).toBe(-360_018);
  });

  it('asked ten times at once with one key is one note; with ten keys never more than the line', async () => {
    const same = await Promise.all(Array.from({ length: 10 }, () => credited({ choice: [{ lineNo: 1 }] })));
    expect(new Set(same.map((note) => note.documentId)).size).toBe(1);
    const choice = [{ lineNo: 2, netCents: 2_000 }];
    const many = await Promise.all(Array.from({ length: 10 }, (_, index) => credit({ key: `k${index}`, choice })));
    expect(many.filter((result) => !('refused' in result))).toHaveLength(2);
    expect(many.find((result) => 'refused' in result)).toEqual({
      refused: { code: 'CREDIT.BEYOND_LINE', lineNo: 2, leftCents: 1_057 },
    });
    const series = await database.sql
      .selectFrom('document_series')
      .select(['type', 'last_number'])
      .orderBy('type')
      .execute();
    expect(series).toEqual([
      { type: 'FT', last_number: 1 },
      { type: 'NC', last_number: 3 },
    ]);
  });

  it('bills the adjustment that it gives back, once and for the same amount', async () => {
    const adjustmentId = await accepted(-156);
    expect(await credit({ adjustmentId, choice: [{ lineNo: 2, netCents: 100 }] })).toEqual({
      refused: { code: 'CREDIT.ADJUSTMENT_DIFFERS', adjustmentCents: -156, netCents: -100 },
    });
    const note = await credited({ adjustmentId, choice: [{ lineNo: 1 }] });
    const adjustment = await database.sql.selectFrom('adjustment').selectAll().executeTakeFirstOrThrow();
    expect(adjustment).toMatchObject({ state: 'billed', document_id: note.documentId });
    expect(await credit({ key: 'b', adjustmentId, choice: [{ lineNo: 2, netCents: 156 }] })).toEqual({
      refused: { code: 'CREDIT.ADJUSTMENT_NOT_OPEN', adjustmentId },
    });
  });

  it('is not issued over a credit note, nor outside a transaction', async () => {
    const note = await credited({ choice: [{ lineNo: 1 }] });
    expect(await credit({ documentId: note.documentId })).toEqual({
      refused: { code: 'CREDIT.NO_INVOICE', type: 'NC' },
    });
    const order = { documentId, key: 'z', choice: 'whole', reason: 'x', now: NOW, signer: TEST_SIGNER } as const;
    await expect(issueCreditNote(database.sql, order)).rejects.toThrow('inside a transaction');
  });
});
