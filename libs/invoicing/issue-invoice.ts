import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { lockUntilEnd } from '../persistence/lock-until-end.js';
import { afterDelay } from '../registry/delay.js';
import { holidaysFor } from '../registry/holiday-store.js';
import { localDate, localDays } from '../registry/period.js';
import { policyAt } from '../registry/policy-store.js';
import { carryForward, markBilled } from './adjustments.js';
import { insertLines } from './document-lines.js';
import { takeNumber, type TakenNumber } from './document-series.js';
import type { IssuerSnapshot, PartySnapshot, VatGroup } from './document.entity.js';
import { inPrintedOrder, loadCharges } from './load-charges.js';
import { planInvoice, type InvoicePlan, type InvoiceRefusal, type VatRules } from './plan-invoice.js';
import { vatRoundingOf } from './stored-words.js';
import { VAT_EXEMPTIONS, VAT_RATES } from './vat.js';

export interface IssuedInvoice {
  readonly documentId: string;
  readonly numberText: string;
  readonly grossCents: number;
  /** direct-debit, prepaid or transfer */
  readonly method: string;
  readonly dueAt: Date;
}

export interface InvoiceOrder {
  readonly cycleId: string;
  readonly customerId: string;
  readonly now: Date;
}

/** One invoice per customer and month, whatever runs twice. */
export const invoiceKey = (cycleId: string, customerId: string): string => `invoice/${cycleId}/${customerId}`;

const TYPE = 'FT';

/**
 * Issues the customer's invoice of a rated cycle. Must run inside a transaction, in which the caller also posts it to
 * the ledger. Idempotent by {@link invoiceKey}. Accepted adjustments of former months stand in it as lines of their own
 * and are marked billed. Refuses with VAT.NOT_FOUND when no rate is on record, with VAT.EXEMPTION_MISSING when a line
 * without tax gives no reason, and with NOTHING_DUE when the total is zero or negative: then the month's lines are kept
 * as an adjustment for the next invoice and no adjustment is marked.
 */
export async function issueInvoice(
  trx: Sql,
  order: InvoiceOrder,
): Promise<IssuedInvoice | { readonly refused: InvoiceRefusal }> {
  if (!trx.isTransaction) throw new Error('issueInvoice must run inside a transaction: sql.transaction().execute(...)');
  await lockInvoice(trx, order);
  const before = await findIssued(trx, order);
  if (before !== undefined) return before;

  const parties = await loadParties(trx, order);
  const charges = await loadCharges(trx, order);
  const { time_zone: timeZone } = parties.installation;
  const vat = vatRules(parties, localDate(order.now, timeZone));
  const planned = planInvoice(inPrintedOrder(charges), vat);
  if ('refused' in planned) {
    if (planned.refused.code === 'NOTHING_DUE') await carryForward(trx, { ...order, lines: charges.ownLines });
    return planned;
  }
  const taken = await takeNumber(trx, { issuerId: parties.issuer.id, type: TYPE, now: order.now, timeZone });
  const issued = await insertDocument(trx, { order, parties, plan: planned.plan, vat, taken });
  await markBilled(trx, charges.adjustmentIds, issued.documentId);
  return issued;
}

function vatRules({ installation, issuer }: Parties, date: string): VatRules {
  const rounding = vatRoundingOf(issuer.vat_rounding);
  return { rates: VAT_RATES, exemptions: VAT_EXEMPTIONS, region: installation.region, date, rounding };
}

/** Whoever asks for the same invoice at the same time waits until this transaction ends. */
async function lockInvoice(trx: Sql, order: InvoiceOrder): Promise<void> {
  const key = invoiceKey(order.cycleId, order.customerId);
  await lockUntilEnd(trx, key);
}

async function findIssued(trx: Sql, order: InvoiceOrder): Promise<IssuedInvoice | undefined> {
  const row = await trx
    .selectFrom('fiscal_document')
    .where('key', '=', invoiceKey(order.cycleId, order.customerId))
    .select(['id', 'number_text', 'gross_cents', 'payment_method', 'due_at'])
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        documentId: row.id,
        numberText: row.number_text,
        grossCents: row.gross_cents,
        method: row.payment_method,
        dueAt: row.due_at,
      };
}

/** The cycle is held: no rating that is still under way replaces its lines between our reading them and our commit. */
async function loadParties(trx: Sql, order: InvoiceOrder) {
  const cycle = await trx
    .selectFrom('billing_cycle')
    .selectAll()
    .where('id', '=', order.cycleId)
    .forKeyShare()
    .executeTakeFirstOrThrow();
  const installation = await trx
    .selectFrom('installation')
    .selectAll()
    .where('id', '=', cycle.installation_id)
    .executeTakeFirstOrThrow();
  const issuer = await trx
    .selectFrom('issuer')
    .selectAll()
    .where('id', '=', installation.issuer_id)
    .executeTakeFirstOrThrow();
  const customer = await trx
    .selectFrom('customer')
    .selectAll()
    .where('id', '=', order.customerId)
    .executeTakeFirstOrThrow();
  return { cycle, installation, issuer, customer };
}
type Parties = Awaited<ReturnType<typeof loadParties>>;

interface DocumentToInsert {
  readonly order: InvoiceOrder;
  readonly parties: Parties;
  readonly plan: InvoicePlan;
  readonly vat: VatRules;
  readonly taken: TakenNumber;
}

async function insertDocument(trx: Sql, document: DocumentToInsert): Promise<IssuedInvoice> {
  const { order, parties, plan, taken } = document;
  const { issuedAt } = taken;
  const { installation, cycle, customer } = parties;
  const zone = installation.time_zone;
  const policy = await policyAt(trx, installation.id, issuedAt);
  const dueAt = afterDelay(issuedAt, policy.preNotification, zone, await holidaysFor(trx, installation.id));
  const days = localDays({ startsAt: cycle.starts_at, endsAt: cycle.ends_at }, zone);
  const { id: documentId } = await trx
    .insertInto('fiscal_document')
    .values({
      series_id: taken.seriesId,
      number: taken.number,
      number_text: taken.numberText,
      type: TYPE,
      installation_id: installation.id,
      customer_id: customer.id,
      cycle_id: cycle.id,
      issued_at: issuedAt,
      issue_date: localDate(issuedAt, zone),
      due_date: localDate(dueAt, zone),
      due_at: dueAt,
      period_from: days.from,
      period_to: days.to,
      currency: installation.currency,
      net_cents: plan.netCents,
      vat_cents: plan.vatCents,
      gross_cents: plan.grossCents,
      vat_groups: raw<VatGroup[]>`${JSON.stringify(plan.vatGroups)}::jsonb`,
      issuer_snapshot: issuerSnapshot(parties.issuer),
      customer_snapshot: partySnapshot(customer),
      payment_method: customer.payment_method,
      vat_rounding: document.vat.rounding,
      key: invoiceKey(order.cycleId, order.customerId),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertLines(trx, documentId, plan.lines);
  return {
    documentId,
    numberText: taken.numberText,
    grossCents: plan.grossCents,
    method: customer.payment_method,
    dueAt,
  };
}

function partySnapshot(party: Parties['customer']): PartySnapshot {
  const { id, name, nif, address, city } = party;
  return { id, name, nif, address, postalCode: party.postal_code, city };
}

function issuerSnapshot(issuer: Parties['issuer']): IssuerSnapshot {
  const { id, name, nif, address, city, email, iban } = issuer;
  return {
    id,
    name,
    nif,
    address,
    postalCode: issuer.postal_code,
    city,
    email,
    iban,
    softwareCertificate: null,
  };
}
