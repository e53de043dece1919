import { calculateMonth } from '#libs/imputation/calculate-month.js';
import { customersToInvoice } from '#libs/invoicing/customers-to-invoice.js';
import { issueInvoice } from '#libs/invoicing/issue-invoice.js';
import { checkLedger } from '#libs/ledger/check-ledger.js';
import { postInvoiceIssued } from '#libs/ledger/post-events.js';
import { openCollection } from '#libs/payments/open-collection.js';
import { openDatabase, type Sql } from '#libs/persistence/database.js';
import { openCycle } from '#libs/rating/cycle.js';
import { storeInvoicePdf } from '#libs/reporting/store-invoice-pdf.js';
import { TEST_SIGNER } from '#test/data/fiscal.js';

import { onMonthOfMany } from './billing-ground.js';

const CUSTOMERS = 1_000;
const NOW = new Date('2026-07-01T05:00:00Z');

export interface InvoiceFigures {
  readonly invoices: number;
  /** Number, signature, lines, postings and collection, one transaction an invoice, one after the other. */
  readonly issuedPerSecond: number;
  readonly pdfsPerSecond: number;
  /** Both, one after the other. */
  readonly invoicesWithPdfPerSecond: number;
  readonly pdfKiB: number;
  readonly ledgerIsBalanced: boolean;
}

/** Invoices of a rated month in one process, as the month's activities issue and print them. */
export async function benchInvoices(): Promise<InvoiceFigures> {
  return await onMonthOfMany(CUSTOMERS, async (databaseUrl) => {
    const { sql, close } = await openDatabase({ url: databaseUrl });
    try {
      const cycleIds = await calculated(sql);
      const startedMs = performance.now();
      const documentIds: string[] = [];
      for (const cycleId of cycleIds) documentIds.push(...(await issueAll(sql, cycleId)));
      const issuedMs = performance.now();
      for (const documentId of documentIds) await storeInvoicePdf(sql, { documentId });
      const printedMs = performance.now();
      const perSecond = (ms: number): number => Math.round((documentIds.length / ms) * 1000);
      return {
        invoices: documentIds.length,
        issuedPerSecond: perSecond(issuedMs - startedMs),
        pdfsPerSecond: perSecond(printedMs - issuedMs),
        invoicesWithPdfPerSecond: perSecond(printedMs - startedMs),
        pdfKiB: await meanPdfKiB(sql),
        ledgerIsBalanced: (await checkLedger(sql)).balanced,
      };
    } finally {
      await close();
    }
  });
}

async function calculated(sql: Sql): Promise<string[]> {
  const installations = await sql.selectFrom('installation').select('id').orderBy('id').execute();
  const cycleIds: string[] = [];
  for (const { id: installationId } of installations) {
    const order = { installationId, period: '2026-06', workflowId: `bill/${installationId}`, now: NOW };
    const { cycleId } = await openCycle(sql, order);
    const done = await calculateMonth(sql, { cycleId, now: NOW });
    if ('refused' in done) throw new Error(JSON.stringify(done.refused));
    cycleIds.push(cycleId);
  }
  return cycleIds;
}

async function issueAll(sql: Sql, cycleId: string): Promise<string[]> {
  const documentIds: string[] = [];
  for (const customerId of await customersToInvoice(sql, { cycleId })) {
    const documentId = await sql.transaction().execute(async (trx) => {
      const issued = await issueInvoice(trx, { cycleId, customerId, now: NOW, signer: TEST_SIGNER });
      if ('refused' in issued) throw new Error(JSON.stringify(issued.refused));
      await postInvoiceIssued(trx, issued);
      await openCollection(trx, { ...issued, workflowId: `collection/${issued.documentId}`, now: NOW });
      return issued.documentId;
    });
    documentIds.push(documentId);
  }
  return documentIds;
}

async function meanPdfKiB(sql: Sql): Promise<number> {
  const row = await sql
    .selectFrom('stored_file')
    .select(({ fn }) => fn.avg<string>(fn('length', ['bytes'])).as('mean'))
    .executeTakeFirstOrThrow();
  return Math.round(Number(row.mean) / 1024);
}
