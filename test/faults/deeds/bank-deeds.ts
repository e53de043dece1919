import { accountVault } from '#libs/payments/account-vault.js';
import { newsOfStatements } from '#libs/payments/bank-news.js';
import { decideOpen, undoDecision, type OpenDecision } from '#libs/payments/bank/decide-line.js';
import { importStatement } from '#libs/payments/bank/import-statement.js';
import { matchToBooks } from '#libs/payments/bank/match-to-books.js';
import { matchBankLines } from '#libs/payments/match-bank-lines.js';
import { customerReference, paymentReference } from '#libs/payments/payment-reference.js';
import { camt053, type CamtEntry } from '#test/bank-files/camt.js';
import { addCustomer, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { deed, done, type Deed, type World } from './world.js';

export const ISSUER = 'issuer';
export const VAULT = accountVault('a secret of the installation');
const NOW = new Date('2026-07-15T09:00:00Z');
const DAY = '2026-07-14';
const BY = 'ana';

/** Who pays by transfer, with an invoice; what a transfer for it bears. */
async function payer({ sql }: World, customerId: string, grossCents: number) {
  await addCustomer(sql, { id: customerId, paymentMethod: 'transfer' });
  const documentId = await addInvoice(sql, { customerId, grossCents });
  const { number_text: numberText } = await sql
    .selectFrom('fiscal_document')
    .select('number_text')
    .where('id', '=', documentId)
    .executeTakeFirstOrThrow();
  return { customerId, documentId, numberText, reference: paymentReference({ numberText }) };
}

/** The bank's statement of a day. */
export function statementOf(day: string, entries: readonly Omit<CamtEntry, 'day'>[]): Buffer {
  const dated = entries.map((entry, index) => ({ ...entry, day, reference: `${day}-${index}` }));
  return camt053({ from: day, to: day, openingCents: 0, entries: dated });
}

/** As staff give a statement to the console: imported, matched, and whoever it is about is told. */
export async function readStatement({ sql, tell }: World, bytes: Buffer, now = NOW): Promise<void> {
  const file = { issuerId: ISSUER, fileName: 'day.xml', bytes, dryRun: false, by: BY, now };
  const { problems, statements } = await importStatement(sql, VAULT, file);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const found = await matchBankLines(sql, { issuerId: ISSUER, now });
  const ids = statements.flatMap(({ statementId }) => statementId ?? []);
  for (const news of [found, await newsOfStatements(sql, ids)]) {
    for (const documentId of news.documentIds) tell(`ledger ${documentId}`);
    for (const customerId of news.customerIds) tell(`ahead ${customerId}`);
    for (const { documentId, chase } of news.payments) {
      tell(`ledger ${documentId}`);
      if (chase !== null) tell(`arrears ${documentId} ${chase}`);
    }
  }
}

/** A line of so many cents that nobody was found for. */
async function openLine(world: World, day: string, cents: number) {
  await readStatement(world, statementOf(day, [{ cents, text: 'no words' }]));
  return world.sql.selectFrom('bank_line').selectAll().where('booked_on', '=', day).executeTakeFirstOrThrow();
}

const decided = (kind: OpenDecision, day: string, cents: number): Deed =>
  deed(
    `a person decides that a line is ${kind}`,
    (world) => openLine(world, day, cents),
    ({ sql }, { id: lineId }) =>
      done(decideOpen(sql, kind, { lineId, key: `decide/${kind}`, reason: 'seen', by: BY, now: NOW })),
  );

export const BANK_DEEDS: readonly Deed[] = [
  deed(
    'a bank statement is imported and matched',
    async (world) => {
      const [one, two] = [await payer(world, '7001', 2_000), await payer(world, '7002', 900)];
      return statementOf(DAY, [
        { cents: 2_000, text: 'x', creditorReference: one.reference },
        { cents: 1_000, text: `pago ${two.numberText}` },
        { cents: 300, text: customerReference(one), name: 'Ana', iban: 'PT50000201231234567890154' },
        { cents: 45, text: 'no words' },
        { cents: -199, text: 'fee' },
      ]);
    },
    (world, bytes) => readStatement(world, bytes),
  ),
  deed(
    'a person splits a line over two customers',
    async (world) => {
      const [one, two] = [await payer(world, '7003', 1_000), await payer(world, '7004', 2_000)];
      const parts = [
        { ...one, amountCents: 1_000 },
        { ...two, amountCents: 1_500 },
        { ...two, documentId: null, amountCents: 400 },
      ];
      return { lineId: (await openLine(world, '2026-07-13', 3_500)).id, parts };
    },
    ({ sql }, order) => done(matchToBooks(sql, { ...order, key: 'split', foundBy: 'person', by: BY, now: NOW })),
  ),
  deed(
    'a person takes that decision back',
    async ({ sql }) => {
      const { id: decisionId, line_id: lineId } = await sql
        .selectFrom('bank_decision')
        .select(['id', 'line_id'])
        .where('key', '=', 'split')
        .executeTakeFirstOrThrow();
      return { decisionId, lineId };
    },
    ({ sql }, order) => done(undoDecision(sql, { ...order, key: 'undo', reason: 'another payer', by: BY, now: NOW })),
  ),
  decided('returned', '2026-07-10', 700),
  decided('processor-payout', '2026-07-09', 5_000),
  decided('set-aside', '2026-07-08', -250),
  deed(
    'a line whose matching was taken back goes to its payer',
    ({ sql }) =>
      sql.selectFrom('bank_line').where('amount_cents', '=', 3_500).select('id as lineId').executeTakeFirstOrThrow(),
    ({ sql }, { lineId }) => done(decideOpen(sql, 'returned', { lineId, key: 'back', reason: 'x', by: BY, now: NOW })),
  ),
];
