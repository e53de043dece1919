import { startDebitByRail } from '#libs/payments/debit-by-rail.js';
import { openCollection } from '#libs/payments/open-collection.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { recordTransfer } from '#libs/payments/record-transfer.js';
import { applyStatusReport } from '#libs/payments/sepa/apply-report.js';
import { markBatchSent, withdrawBatch } from '#libs/payments/sepa/batch-states.js';
import { createSepaBatch } from '#libs/payments/sepa/create-batch.js';
import { setSepaCreditor } from '#libs/payments/sepa/creditors.js';
import { endSepaMandate, registerSepaMandate } from '#libs/payments/sepa/mandates.js';
import { sepaIdOf } from '#libs/payments/sepa/sepa-text.js';
import { settlePassedWindows } from '#libs/payments/sepa/settle-debits.js';
import { addCustomer, addInvoice } from '#test/stripe-sandbox/invoice-fixture.js';

import { ISSUER, readStatement, statementOf, VAULT } from './bank-deeds.js';
import { deed, done, type Deed, type World } from './world.js';

const NOW = new Date('2026-07-15T09:00:00Z');
const BY = 'ana';
const at = (day: string) => new Date(`${day}T20:00:00Z`);

export function terms({ sql }: World, settleBy: 'statement' | 'return-window') {
  const account = { creditorId: 'PT73ZZZ123456', iban: null, bic: null, version: 'pain.008.001.02' } as const;
  const days = { validFrom: '2026-07-01', validUntil: null, leadDays: 1, returnWindowDays: 5 };
  return done(setSepaCreditor(sql, { issuerId: ISSUER, ...account, ...days, settleBy }));
}

/** Who has given the issuer a mandate, with invoices that are being collected. */
export async function debtor({ sql }: World, customerId: string, ...grossCents: number[]) {
  await addCustomer(sql, { id: customerId });
  const order = { issuerId: ISSUER, customerId, reference: null, kind: 'recurring', signedOn: '2026-01-10' } as const;
  const account = { accountHolder: null, iban: 'PT50000201231234567890154', bic: null };
  const { mandateId } = await done(
    registerSepaMandate(sql, VAULT, { ...order, ...account, evidence: { paper: 'folder 1' }, by: BY, now: NOW }),
  );
  const documentIds: string[] = [];
  for (const cents of grossCents) {
    const documentId = await addInvoice(sql, { customerId, grossCents: cents });
    await openCollection(sql, { documentId, workflowId: `collection/${documentId}`, now: NOW });
    documentIds.push(documentId);
  }
  return { customerId, mandateId, documentIds, documentId: documentIds[0] ?? '' };
}

export const start = ({ sql, stripe }: World, documentId: string) =>
  done(startDebitByRail({ sql, stripe }, { documentId, attemptNo: 1, now: NOW }));

export const fileOf = ({ sql }: World, collectionDate: string) =>
  done(createSepaBatch(sql, VAULT, { issuerId: ISSUER, collectionDate, key: collectionDate, by: BY, now: NOW }));

const batchOn = ({ sql }: World, collectionDate: string) =>
  sql.selectFrom('sepa_batch').selectAll().where('collection_date', '=', collectionDate).executeTakeFirstOrThrow();

/** A file that the bank has. */
export async function sentFile(world: World, collectionDate: string) {
  const { batch } = await fileOf(world, collectionDate);
  await done(markBatchSent(world.sql, { batchId: batch.id, by: BY, now: NOW }));
  return batch;
}

async function endToEndIdOf({ sql }: World, customerId: string, cents: number): Promise<string> {
  const { id } = await sql
    .selectFrom('payment_attempt')
    .innerJoin('fiscal_document', 'fiscal_document.id', 'payment_attempt.document_id')
    .where('customer_id', '=', customerId)
    .where('amount_cents', '=', cents)
    .select('payment_attempt.id')
    .executeTakeFirstOrThrow();
  return sepaIdOf(id);
}

/** The bank's pain.002: one debit of a part of a file is refused. */
function refusal(messageId: string, endToEndId: string, reason: string): Buffer {
  return Buffer.from(`<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.03"><CstmrPmtStsRpt>
<GrpHdr><MsgId>B</MsgId></GrpHdr><OrgnlGrpInfAndSts><OrgnlMsgId>${messageId}</OrgnlMsgId></OrgnlGrpInfAndSts>
<OrgnlPmtInfAndSts><OrgnlPmtInfId>${messageId}-FRST</OrgnlPmtInfId><PmtInfSts>PART</PmtInfSts><TxInfAndSts>
<OrgnlEndToEndId>${endToEndId}</OrgnlEndToEndId><TxSts>RJCT</TxSts><StsRsnInf><Rsn><Cd>${reason}</Cd></Rsn></StsRsnInf>
</TxInfAndSts></OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>`);
}

async function readReport({ sql, tell }: World, bytes: Buffer, now: Date): Promise<void> {
  const { news } = await done(applyStatusReport(sql, { issuerId: ISSUER, bytes, now }));
  for (const { documentId, chase } of news) {
    tell(`payment ${documentId}`);
    if (chase !== null) tell(`arrears ${documentId} ${chase}`);
  }
}

export const SEPA_DEEDS: readonly Deed[] = [
  deed(
    'a debit waits for the bank’s next file, less what was paid ahead',
    async (world) => {
      await terms(world, 'statement');
      const { customerId, documentId } = await debtor(world, '8001', 2_500);
      const ahead = { customerId, source: 'bank', amountCents: 300, key: 'ahead', now: NOW } as const;
      await done(recordTopUp(world.sql, ahead));
      return documentId;
    },
    start,
  ),
  deed(
    'a direct debit file is made',
    async (world) => {
      await debtor(world, '8002', 1_500, 800);
      const [paid, ended] = [await debtor(world, '8003', 700), await debtor(world, '8004', 900)];
      for (const { documentId } of [paid, ended]) await start(world, documentId);
      await recordTransfer(world.sql, { documentId: paid.documentId, amountCents: 700, key: 'meanwhile', now: NOW });
      await endSepaMandate(world.sql, { mandateId: ended.mandateId, reason: 'moved', now: NOW });
    },
    (world) => fileOf(world, '2026-07-17'),
  ),
  deed(
    'a file is given to the bank',
    (world) => batchOn(world, '2026-07-17'),
    ({ sql }, { id: batchId }) => done(markBatchSent(sql, { batchId, by: BY, now: NOW })),
  ),
  deed(
    'a file that never was is withdrawn',
    async (world) => {
      await debtor(world, '8005', 600);
      return fileOf(world, '2026-07-20');
    },
    ({ sql }, { batch }) => done(withdrawBatch(sql, { batchId: batch.id, by: BY, now: NOW })),
  ),
  deed(
    'the bank’s report refuses a debit of a file',
    async (world) => {
      await debtor(world, '8006', 1_000);
      await debtor(world, '8007', 2_000);
      const { message_id: messageId } = await sentFile(world, '2026-07-21');
      return refusal(messageId, await endToEndIdOf(world, '8006', 1_000), 'AM04');
    },
    (world, bytes) => readReport(world, bytes, NOW),
  ),
  deed(
    'the bank credits two files, a debit of which was paid in part meanwhile',
    async (world) => {
      const { document_id: documentId } = await world.sql
        .selectFrom('payment_attempt')
        .select('document_id')
        .where('amount_cents', '=', 800)
        .executeTakeFirstOrThrow();
      await recordTransfer(world.sql, { documentId, amountCents: 300, key: 'part', now: NOW });
      const { message_id: messageId } = await batchOn(world, '2026-07-17');
      return statementOf('2026-07-21', [
        { cents: 4_500, text: `COBRANCAS ${messageId}` },
        { cents: 2_600, text: 'COBRANCAS' },
      ]);
    },
    (world, bytes) => readStatement(world, bytes, at('2026-07-21')),
  ),
  deed(
    'a debit that was paid, in part ahead, comes back',
    async (world) =>
      statementOf('2026-07-24', [
        { cents: -800, endToEndId: await endToEndIdOf(world, '8002', 800), returnCode: 'MD06' },
      ]),
    (world, bytes) => readStatement(world, bytes, at('2026-07-24')),
  ),
  deed(
    'debits whose return window has passed are paid',
    async (world) => {
      await terms(world, 'return-window');
      await debtor(world, '8008', 610);
      await debtor(world, '8009', 410);
      await sentFile(world, '2026-07-22');
    },
    ({ sql }) => settlePassedWindows(sql, { now: at('2026-07-31') }),
  ),
  deed(
    'the bank’s report takes one of them back all the same',
    async (world) => {
      const { message_id: messageId } = await batchOn(world, '2026-07-22');
      return refusal(messageId, await endToEndIdOf(world, '8008', 610), 'AM04');
    },
    (world, bytes) => readReport(world, bytes, at('2026-08-03')),
  ),
  deed(
    'the credit of that file, and the return, come on a statement at last',
    async (world) =>
      statementOf('2026-07-22', [
        { cents: 1_020, text: 'COBRANCAS' },
        { cents: -610, endToEndId: await endToEndIdOf(world, '8008', 610), returnCode: 'AM04' },
      ]),
    (world, bytes) => readStatement(world, bytes, at('2026-08-04')),
  ),
];
