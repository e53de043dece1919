import { sql as raw } from 'kysely';

import { lockSeries, seriesCode, takeNumber } from '../../invoicing/document-series.js';
import type { VatGroup } from '../../invoicing/document.entity.js';
import { atcudOf } from '../../invoicing/fiscal/atcud.js';
import { fiscalMoment, type FiscalMoment } from '../../invoicing/fiscal/fiscal-moment.js';
import type { FiscalRefusal } from '../../invoicing/fiscal/fiscal-refusal.js';
import type { FiscalSigner } from '../../invoicing/fiscal/sign-document.js';
import { isPortuguese, lacksRegistration } from '../../invoicing/fiscal/take-identity.js';
import type { Sql } from '../../persistence/database.js';
import { lockUntilEnd } from '../../persistence/lock-until-end.js';
import { localDate } from '../../registry/period.js';
import { paymentMechanism } from './payment-mechanism.js';
import { receiptParts } from './receipt-parts.js';
import { paymentsWithoutReceipt, type ReceiptablePayment } from './waiting-receipts.js';

export interface ReceiptOrder {
  /** Keys in the books of the payments that one receipt is for: of one customer, issuer and currency. */
  readonly keys: readonly string[];
  readonly now: Date;
  readonly signer: FiscalSigner | null;
}

export interface IssuedReceipt {
  readonly receiptId: string;
  readonly numberText: string;
  readonly amountCents: number;
}

/**
 * Issues the receipt of payments, once: those that have one that holds are left out, and null when none is left. Must
 * run inside a transaction; the number is taken in it. A receipt has an ATCUD and a QR code but no hash: SAF-T (PT)
 * 1.04_01 has none in its Payments. Its type is RC where the issuer owes the VAT when it is paid, else RG.
 */
export async function issueReceipt(
  trx: Sql,
  { keys, now, signer }: ReceiptOrder,
): Promise<IssuedReceipt | null | { readonly refused: FiscalRefusal }> {
  if (!trx.isTransaction) throw new Error('issueReceipt must run inside a transaction');
  const [first] = keys;
  if (first === undefined) return null;
  // Whoever issues it at the same time is waited for: only from here on is it known whether it is done.
  await lockUntilEnd(trx, `receipt/${first}`);
  const payments = await paymentsWithoutReceipt(trx, { keys });
  const [payment] = payments;
  if (payment === undefined) return null;
  const document = await originOf(trx, payment.documentId);
  const identity = await receiptIdentity(trx, { payment, document, now, signer });
  if ('refused' in identity) return identity;
  return insertReceipt(trx, { payments, payment, document, identity });
}

async function originOf(trx: Sql, documentId: string) {
  return trx
    .selectFrom('fiscal_document as document')
    .innerJoin('document_series', 'document_series.id', 'document.series_id')
    .innerJoin('issuer', 'issuer.id', 'document_series.issuer_id')
    .where('document.id', '=', documentId)
    .select(['document.issuer_snapshot', 'document.customer_snapshot', 'document.vat_region'])
    .select(['issuer.id as issuerId', 'issuer.country', 'issuer.time_zone as timeZone'])
    .executeTakeFirstOrThrow();
}
type Origin = Awaited<ReturnType<typeof originOf>>;

interface IdentityFacts {
  readonly payment: ReceiptablePayment;
  readonly document: Origin;
  readonly now: Date;
  readonly signer: FiscalSigner | null;
}

interface ReceiptIdentity extends FiscalMoment {
  readonly type: string;
  readonly timeZone: string;
  readonly seriesId: string;
  readonly number: number;
  readonly numberText: string;
  readonly atcud: string | null;
  readonly softwareCertificate: string | null;
}

async function receiptIdentity(
  trx: Sql,
  { payment, document, now, signer }: IdentityFacts,
): Promise<ReceiptIdentity | { readonly refused: FiscalRefusal }> {
  const { issuerId, timeZone } = document;
  const type = payment.cashVat ? 'RC' : 'RG';
  const code = seriesCode(issuerId, localDate(now, timeZone));
  const series = await lockSeries(trx, { issuerId, type, code });
  const isFiscal = isPortuguese(document);
  if (isFiscal && signer === null) return { refused: { code: 'FISCAL.NO_KEY' } };
  if (isFiscal && signer !== null && lacksRegistration(series, signer)) {
    return { refused: { code: 'SERIES.NOT_REGISTERED', series: `${type} ${code}` } };
  }
  const last = await trx
    .selectFrom('receipt')
    .where('series_id', '=', series.id)
    .where('number', '=', series.lastNumber)
    .select(['issued_at as issuedAt', 'system_entry as systemEntry'])
    .executeTakeFirst();
  const moment = fiscalMoment(now, timeZone, last ?? null);
  const taken = await takeNumber(trx, series);
  return {
    ...moment,
    ...taken,
    type,
    timeZone,
    seriesId: series.id,
    atcud: isFiscal ? atcudOf(series, taken.number) : null,
    softwareCertificate: isFiscal ? (signer?.certificate ?? null) : null,
  };
}

interface ReceiptToInsert {
  readonly payments: readonly ReceiptablePayment[];
  readonly payment: ReceiptablePayment;
  readonly document: Origin;
  readonly identity: ReceiptIdentity;
}

async function insertReceipt(trx: Sql, receipt: ReceiptToInsert): Promise<IssuedReceipt> {
  const { payments, payment, document, identity } = receipt;
  const lines = linesOf(payments);
  const amountCents = lines.reduce((sum, line) => sum + line.payment.amountCents, 0);
  const vatCents = lines.flatMap(({ parts }) => parts).reduce((sum, part) => sum + part.vatCents, 0);
  const { id: receiptId } = await trx
    .insertInto('receipt')
    .values({
      series_id: identity.seriesId,
      number: identity.number,
      number_text: identity.numberText,
      type: identity.type,
      customer_id: payment.customerId,
      issued_at: identity.issuedAt,
      issue_date: identity.issueDate,
      system_entry: identity.systemEntry,
      atcud: identity.atcud,
      software_certificate: identity.softwareCertificate,
      vat_region: document.vat_region,
      currency: payment.currency,
      amount_cents: amountCents,
      vat_cents: vatCents,
      mechanism: paymentMechanism(payment),
      paid_on: localDate(payment.occurredAt, identity.timeZone),
      issuer_snapshot: { ...document.issuer_snapshot, softwareCertificate: identity.softwareCertificate },
      customer_snapshot: document.customer_snapshot,
      key: `receipt/${payment.key}${payment.issueNo === 1 ? '' : `/${payment.issueNo}`}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('receipt_line')
    .values(
      lines.map((line, index) => ({
        receipt_id: receiptId,
        line_no: index + 1,
        document_id: line.payment.documentId,
        entry_id: line.payment.entryId,
        issue_no: line.payment.issueNo,
        amount_cents: line.payment.amountCents,
        vat_groups: raw<VatGroup[]>`${JSON.stringify(line.parts)}::jsonb`,
      })),
    )
    .execute();
  return { receiptId, numberText: identity.numberText, amountCents };
}

/** Two payments of one document on one receipt come one after the other. */
function linesOf(payments: readonly ReceiptablePayment[]) {
  const paid = new Map<string, number>();
  return payments.map((payment) => {
    const paidBeforeCents = paid.get(payment.documentId) ?? payment.paidBeforeCents;
    paid.set(payment.documentId, paidBeforeCents + payment.amountCents);
    return { payment, parts: receiptParts(payment, { paidBeforeCents, amountCents: payment.amountCents }) };
  });
}
