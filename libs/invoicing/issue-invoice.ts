import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { lockUntilEnd } from '../persistence/lock-until-end.js';
import { afterDelay } from '../registry/delay.js';
import { holidaysFor } from '../registry/holiday-store.js';
import { methodFor } from '../registry/payment-method.js';
import { localDate, localDays } from '../registry/period.js';
import { policyAt } from '../registry/policy-store.js';
import { carryForward, markBilled } from './adjustments.js';
import { insertLines } from './document-lines.js';
import type { IssuerSnapshot, PartySnapshot, VatGroup } from './document.entity.js';
import { invoiceTypeOf, simplifiedPolicyOf } from './fiscal/document-type.js';
import type { FiscalRefusal } from './fiscal/fiscal-refusal.js';
import type { FiscalSigner } from './fiscal/sign-document.js';
import { isPortuguese, takeIdentity, type FiscalIdentity } from './fiscal/take-identity.js';
import { taxNumberOf } from './fiscal/tax-number.js';
import { identityColumns } from './identity-columns.js';
import { inPrintedOrder, loadCharges } from './load-charges.js';
import { planInvoice, type InvoicePlan, type InvoiceRefusal, type VatRules } from './plan-invoice.js';
import { standsForItsMonth } from './standing-invoice.js';
import { vatRoundingOf } from './stored-words.js';
import { VAT_EXEMPTIONS, VAT_RATES } from './vat.js';

export interface IssuedInvoice {
  readonly documentId: string;
  readonly numberText: string;
  /** FT, FS, or FR: then the caller takes the whole of it from what the customer has paid ahead */
  readonly type: string;
  readonly grossCents: number;
  /** direct-debit, prepaid or transfer */
  readonly method: string;
  readonly dueAt: Date;
}

export interface InvoiceOrder {
  readonly cycleId: string;
  readonly customerId: string;
  readonly now: Date;
  /** null: none is configured; then issuers in Portugal issue nothing */
  readonly signer: FiscalSigner | null;
  /** Of a prepaid customer: what is there for this invoice, read under the customer's lock. 0 when left out. */
  readonly paidAheadCents?: number;
  /** Who decided it; SAF-T's SourceID. */
  readonly by?: string;
}

/** One invoice per customer and month, whatever runs twice; a month that was opened again has the next one. */
export const invoiceKey = (cycleId: string, customerId: string, reopened = 0): string =>
  `invoice/${cycleId}/${customerId}${reopened === 0 ? '' : `/${reopened + 1}`}`;

/**
 * Issues the customer's invoice of a rated cycle. Must run inside a transaction, in which the caller also posts it to
 * the ledger. Idempotent by {@link invoiceKey}. Accepted adjustments of former months stand in it as lines of their own
 * and are marked billed. Refuses with VAT.NOT_FOUND when no rate is on record, with VAT.EXEMPTION_MISSING when a line
 * without tax gives no reason, and with NOTHING_DUE when the total is zero or negative: then the month's lines are kept
 * as an adjustment for the next invoice and no adjustment is marked. An issuer in Portugal is refused besides by what
 * {@link FiscalRefusal} says; then no number is taken.
 */
export async function issueInvoice(
  trx: Sql,
  order: InvoiceOrder,
): Promise<IssuedInvoice | { readonly refused: InvoiceRefusal | FiscalRefusal }> {
  if (!trx.isTransaction) throw new Error('issueInvoice must run inside a transaction: sql.transaction().execute(...)');
  await lockInvoice(trx, order);
  const before = await findIssued(trx, order);
  if (before !== undefined) return before;

  const parties = await loadParties(trx, order);
  const charges = await loadCharges(trx, order);
  const vat = vatRules(parties, localDate(order.now, parties.issuer.time_zone));
  const planned = planInvoice(inPrintedOrder(charges), vat);
  if ('refused' in planned) {
    if (planned.refused.code === 'NOTHING_DUE') await carryForward(trx, { ...order, lines: charges.ownLines });
    return planned;
  }
  const { plan } = planned;
  const type = typeOf(parties, { order, plan, date: vat.date });
  if (typeof type !== 'string') return type;
  const { signer, now } = order;
  const issuer = documentIssuer(parties);
  const identity = await takeIdentity(trx, { issuer, type, grossCents: plan.grossCents, now, signer });
  if ('refused' in identity) return identity;
  const issued = await insertDocument(trx, { order, parties, plan, vat, type, identity });
  await markBilled(trx, charges.adjustmentIds, issued.documentId);
  return issued;
}

const documentIssuer = ({ issuer }: Parties) => ({
  id: issuer.id,
  country: issuer.country,
  timeZone: issuer.time_zone,
});

/** FT, FS or FR; refused where the customer's tax number is wrong. */
function typeOf(
  { issuer, customer }: Parties,
  { order, plan, date }: { readonly order: InvoiceOrder; readonly plan: InvoicePlan; readonly date: string },
) {
  if (!isPortuguese(issuer)) return 'FT';
  const taxNumber = taxNumberOf(customer);
  if ('refused' in taxNumber) return taxNumber;
  return invoiceTypeOf({
    isPortuguese: true,
    simplified: simplifiedPolicyOf(issuer.simplified_invoices),
    isFinalConsumer: taxNumber.isFinalConsumer,
    grossCents: plan.grossCents,
    issueDate: date,
    paidAheadCents: customer.payment_method === 'prepaid' ? (order.paidAheadCents ?? 0) : 0,
  });
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
    .where('cycle_id', '=', order.cycleId)
    .where('customer_id', '=', order.customerId)
    .where(standsForItsMonth(raw`fiscal_document.id`))
    .select(['id', 'number_text', 'type', 'gross_cents', 'payment_method', 'due_at'])
    .executeTakeFirst();
  return row === undefined
    ? undefined
    : {
        documentId: row.id,
        numberText: row.number_text,
        type: row.type,
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
  const method = await methodFor(trx, order.customerId, cycle.period);
  return { cycle, installation, issuer, customer: { ...customer, payment_method: method } };
}
type Parties = Awaited<ReturnType<typeof loadParties>>;

interface DocumentToInsert {
  readonly order: InvoiceOrder;
  readonly parties: Parties;
  readonly plan: InvoicePlan;
  readonly vat: VatRules;
  readonly type: string;
  readonly identity: FiscalIdentity;
}

async function insertDocument(trx: Sql, document: DocumentToInsert): Promise<IssuedInvoice> {
  const { order, parties, plan, type, identity } = document;
  const { issuedAt } = identity;
  const { installation, cycle, customer } = parties;
  const zone = installation.time_zone;
  const policy = await policyAt(trx, installation.id, issuedAt);
  const dueAt = afterDelay(issuedAt, policy.preNotification, zone, await holidaysFor(trx, installation.id));
  const days = localDays({ startsAt: cycle.starts_at, endsAt: cycle.ends_at }, zone);
  const { id: documentId } = await trx
    .insertInto('fiscal_document')
    .values({
      ...identityColumns(identity),
      type,
      installation_id: installation.id,
      customer_id: customer.id,
      cycle_id: cycle.id,
      due_date: localDate(dueAt, zone),
      due_at: dueAt,
      period_from: days.from,
      period_to: days.to,
      currency: installation.currency,
      net_cents: plan.netCents,
      vat_cents: plan.vatCents,
      gross_cents: plan.grossCents,
      vat_groups: raw<VatGroup[]>`${JSON.stringify(plan.vatGroups)}::jsonb`,
      issuer_snapshot: issuerSnapshot(parties.issuer, identity),
      customer_snapshot: partySnapshot(customer),
      payment_method: customer.payment_method,
      vat_rounding: document.vat.rounding,
      vat_region: installation.region,
      cash_vat: parties.issuer.cash_vat,
      issued_by: order.by ?? 'chazemo',
      key: invoiceKey(order.cycleId, order.customerId, await countReopened(trx, order)),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertLines(trx, documentId, plan.lines);
  return {
    documentId,
    numberText: identity.numberText,
    type,
    grossCents: plan.grossCents,
    method: customer.payment_method,
    dueAt,
  };
}

/** How many invoices of the month were given back to be issued again. */
async function countReopened(trx: Sql, order: InvoiceOrder): Promise<number> {
  const { count } = await trx
    .selectFrom('fiscal_document')
    .where('cycle_id', '=', order.cycleId)
    .where('customer_id', '=', order.customerId)
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function partySnapshot(party: Parties['customer']): PartySnapshot {
  const { id, name, nif, address, city, country } = party;
  return { id, name, nif, address, postalCode: party.postal_code, city, country };
}

function issuerSnapshot(
  issuer: Parties['issuer'],
  { softwareCertificate }: Pick<FiscalIdentity, 'softwareCertificate'>,
): IssuerSnapshot {
  const { id, name, nif, address, city, country, email, iban } = issuer;
  return {
    id,
    name,
    nif,
    address,
    postalCode: issuer.postal_code,
    city,
    country,
    email,
    iban,
    softwareCertificate,
  };
}
