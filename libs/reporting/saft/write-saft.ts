import { createHash } from 'node:crypto';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

import { inOneSnapshot, type Sql } from '#libs/persistence/database.js';
import { localDate, monthDays } from '#libs/registry/period.js';

import { totalElements, type SideTotals } from './amounts.js';
import { customerElement, finalConsumerElement } from './customers.js';
import { encodeWindows1252 } from './fiscal-text.js';
import { headerElement } from './header.js';
import { invoiceElement, type DocumentContext } from './invoices.js';
import {
  changedTaxNumbers,
  customers,
  documents,
  hasFinalConsumers,
  issuerSeries,
  paymentTotals,
  productFacts,
  receipts,
  saftIssuer,
  salesTotals,
  unfitDocument,
  usedTaxes,
  type SaftScope,
  type UnfitDocument,
} from './load-saft.js';
import { paymentElement } from './payments.js';
import { productElement, productOf } from './products.js';
import type { SaftIssuer, SaftSoftware } from './saft-facts.js';
import { taxTable } from './taxes.js';
import { xmlText } from './xml.js';

export const SAFT_NAMESPACE = 'urn:OECD:StandardAuditFile-Tax:PT_1.04_01';

export interface SaftOrder {
  readonly issuerId: string;
  /** yyyy-mm: the documents dated in it, by the issuer's local day of issue */
  readonly period: string;
  readonly software: SaftSoftware;
  readonly now: Date;
}

export interface WrittenSaft {
  readonly issuerId: string;
  readonly period: string;
  /** FT, FS, FR and NC together; sides net of VAT */
  readonly sales: SideTotals;
  readonly payments: SideTotals;
  readonly bytes: number;
  readonly sha256: string;
}

/** Why there is no file: nothing was written. */
export type SaftRefusal =
  | { readonly code: 'SAFT.ISSUER_NOT_FOUND'; readonly issuerId: string }
  /** SAF-T (PT) is for issuers in Portugal. */
  | { readonly code: 'SAFT.NOT_PORTUGUESE'; readonly issuerId: string; readonly country: string }
  | UnfitDocument;

/**
 * Writes an issuer's month as SAF-T (PT) 1.04_01 in Windows-1252: every invoice, credit note and receipt dated in it,
 * all of one moment (one snapshot). Streamed: memory holds some hundred documents. Ends `target`, unless it refuses.
 * Source: Portaria 302/2016 and its schema.
 */
export function writeSaft(
  sql: Sql,
  order: SaftOrder,
  target: Writable,
): Promise<{ readonly ok: WrittenSaft } | { readonly refused: SaftRefusal }> {
  return inOneSnapshot(sql, async (trx) => {
    const { issuerId, period } = order;
    const issuer = await saftIssuer(trx, issuerId);
    if (issuer === undefined) return { refused: { code: 'SAFT.ISSUER_NOT_FOUND', issuerId } as const };
    const { country } = issuer;
    if (country !== 'PT') return { refused: { code: 'SAFT.NOT_PORTUGUESE', issuerId, country } as const };
    const scope = { issuerId, month: { period, ...monthDays(period) } };
    const unfit = await unfitDocument(trx, scope);
    if (unfit !== undefined) return { refused: unfit };
    const file: SaftFile = {
      order,
      issuer,
      scope,
      sales: await salesTotals(trx, scope),
      payments: await paymentTotals(trx, scope),
      context: { timeZone: issuer.timeZone, latest: await changedTaxNumbers(trx, scope) },
    };
    const written = await writeChunks(chunks(trx, file), target);
    return { ok: { issuerId, period, sales: file.sales, payments: file.payments, ...written } };
  });
}

interface SaftFile {
  readonly order: SaftOrder;
  readonly issuer: SaftIssuer;
  readonly scope: SaftScope;
  readonly sales: SideTotals;
  readonly payments: SideTotals;
  readonly context: DocumentContext;
}

async function writeChunks(texts: AsyncIterable<string>, target: Writable) {
  const hash = createHash('sha256');
  let bytes = 0;
  async function* encoded(): AsyncGenerator<Buffer> {
    for await (const text of texts) {
      const buffer = encodeWindows1252(text);
      hash.update(buffer);
      bytes += buffer.length;
      yield buffer;
    }
  }
  await pipeline(Readable.from(encoded()), target);
  return { bytes, sha256: hash.digest('hex') };
}

async function* chunks(trx: Sql, file: SaftFile): AsyncGenerator<string> {
  yield `<?xml version="1.0" encoding="Windows-1252"?>\n<AuditFile xmlns="${SAFT_NAMESPACE}">\n`;
  const { issuer, order, scope } = file;
  const createdOn = localDate(order.now, issuer.timeZone);
  yield xmlText(headerElement({ issuer, month: scope.month, software: order.software, createdOn }), 1);
  yield '  <MasterFiles>\n';
  yield* masterFiles(trx, file);
  yield '  </MasterFiles>\n  <SourceDocuments>\n    <SalesInvoices>\n';
  yield totalsText(file.sales);
  const series = await issuerSeries(trx, scope.issuerId);
  for (const { id } of series) {
    for await (const page of documents(trx, id, scope.month)) {
      yield page.map((document) => xmlText(invoiceElement(document, file.context), 3)).join('');
    }
  }
  yield '    </SalesInvoices>\n    <Payments>\n';
  yield totalsText(file.payments);
  for (const { id } of series) {
    for await (const page of receipts(trx, id, scope.month)) {
      yield page.map((receipt) => xmlText(paymentElement(receipt, file.context), 3)).join('');
    }
  }
  yield '    </Payments>\n  </SourceDocuments>\n</AuditFile>\n';
}

const totalsText = (totals: SideTotals): string =>
  totalElements(totals)
    .map((element) => xmlText(element, 3))
    .join('');

async function* masterFiles(trx: Sql, { scope, context }: SaftFile): AsyncGenerator<string> {
  if (await hasFinalConsumers(trx, scope)) yield xmlText(finalConsumerElement(), 2);
  for await (const page of customers(trx, scope)) {
    yield page.map((customer) => xmlText(customerElement(customer, context.latest), 2)).join('');
  }
  const facts = await productFacts(trx, scope);
  const products = new Map(facts.map(productOf).map((product) => [product.code, product]));
  for (const [, product] of [...products].sort(([a], [b]) => (a < b ? -1 : 1)))
    yield xmlText(productElement(product), 2);
  yield xmlText(taxTable(scope.month, await usedTaxes(trx, scope)), 2);
}
