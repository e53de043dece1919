import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { afterDelay } from '../registry/delay.js';
import { holidaysFor } from '../registry/holiday-store.js';
import { localDate } from '../registry/period.js';
import { policyAt } from '../registry/policy-store.js';
import { lockSeries, seriesCode, takeNumber, type TakenNumber } from './document-series.js';
import type { IssuerSnapshot, PartySnapshot, VatGroup } from './document.entity.js';
import { planInvoice, type ChargeLine, type InvoicePlan, type InvoiceRefusal } from './plan-invoice.js';
import { ENERGY_VAT_CODE, VAT_RATES } from './vat.js';

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
 * the ledger. Idempotent by {@link invoiceKey}. Refuses with NOTHING_DUE when the total is zero or negative and with
 * VAT.NOT_FOUND when no rate is on record.
 */
export async function issueInvoice(
  trx: Sql,
  order: InvoiceOrder,
): Promise<IssuedInvoice | { readonly refused: InvoiceRefusal }> {
  if (!trx.isTransaction) throw new Error('issueInvoice must run inside a transaction: sql.transaction().execute(...)');
  const before = await findIssued(trx, order);
  if (before !== undefined) return before;

  const parties = await loadParties(trx, order);
  const charges = await loadCharges(trx, order);
  const planned = planInvoice(charges, {
    rates: VAT_RATES,
    region: parties.installation.region,
    date: localDate(order.now, parties.installation.time_zone),
  });
  if ('refused' in planned) return planned;

  const issueDate = localDate(order.now, parties.installation.time_zone);
  const key = { issuerId: parties.issuer.id, type: TYPE, code: seriesCode(parties.issuer.id, issueDate) };
  const series = await lockSeries(trx, key);
  const meanwhile = await findIssued(trx, order);
  if (meanwhile !== undefined) return meanwhile;

  const issuedAt = notBefore(series.lastIssuedAt, order.now);
  const taken = await takeNumber(trx, series.id, key);
  return insertDocument(trx, { order, parties, plan: planned.plan, taken, issuedAt });
}

/**
 * Numbers and dates of a series rise together (Despacho 8632/2014: documents are signed in their order), so an issue
 * that waited for another one's lock is dated no earlier than that one.
 */
function notBefore(last: Date | null, now: Date): Date {
  return last !== null && last > now ? last : now;
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

async function loadCharges(trx: Sql, order: InvoiceOrder): Promise<ChargeLine[]> {
  const rows = await trx
    .selectFrom('rated_line as line')
    .leftJoin('spot', 'spot.id', 'line.spot_id')
    .where('line.cycle_id', '=', order.cycleId)
    .where('line.customer_id', '=', order.customerId)
    .selectAll('line')
    .select('spot.name as spot_name')
    .orderBy('spot.name')
    .orderBy('line.charger_id')
    .orderBy('line.position')
    .orderBy('line.id')
    .execute();
  return rows.map((row) => ({
    kind: row.direction === 'export' ? 'energy-export' : 'energy',
    spotName: row.spot_name,
    chargerId: row.charger_id,
    season: row.season,
    dayType: row.day_type,
    band: row.band,
    label: row.label,
    interval: row.interval,
    wh: row.wh,
    estimatedWh: row.estimated_wh,
    microsPerKWh: row.micros_per_kwh,
    netCents: row.cents,
    vatCode: ENERGY_VAT_CODE,
  }));
}

interface DocumentToInsert {
  readonly order: InvoiceOrder;
  readonly parties: Parties;
  readonly plan: InvoicePlan;
  readonly taken: TakenNumber;
  readonly issuedAt: Date;
}

async function insertDocument(trx: Sql, document: DocumentToInsert): Promise<IssuedInvoice> {
  const { order, parties, plan, taken, issuedAt } = document;
  const { installation, cycle, customer } = parties;
  const zone = installation.time_zone;
  const policy = await policyAt(trx, installation.id, issuedAt);
  const dueAt = afterDelay(issuedAt, policy.preNotification, zone, await holidaysFor(trx, installation.id));
  const lastInstant = new Date(cycle.ends_at.getTime() - 1);
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
      period_from: localDate(cycle.starts_at, zone),
      period_to: localDate(lastInstant, zone),
      currency: installation.currency,
      net_cents: plan.netCents,
      vat_cents: plan.vatCents,
      gross_cents: plan.grossCents,
      vat_groups: raw<VatGroup[]>`${JSON.stringify(plan.vatGroups)}::jsonb`,
      issuer_snapshot: issuerSnapshot(parties.issuer),
      customer_snapshot: partySnapshot(customer),
      payment_method: customer.payment_method,
      key: invoiceKey(order.cycleId, order.customerId),
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await insertLines(trx, documentId, plan);
  return {
    documentId,
    numberText: taken.numberText,
    grossCents: plan.grossCents,
    method: customer.payment_method,
    dueAt,
  };
}

async function insertLines(trx: Sql, documentId: string, plan: InvoicePlan): Promise<void> {
  await trx
    .insertInto('document_line')
    .values(
      plan.lines.map((line) => ({
        document_id: documentId,
        line_no: line.lineNo,
        kind: line.kind,
        spot_name: line.spotName,
        charger_id: line.chargerId,
        season: line.season,
        day_type: line.dayType,
        band: line.band,
        label: line.label,
        interval: line.interval,
        wh: line.wh,
        estimated_wh: line.estimatedWh,
        micros_per_kwh: line.microsPerKWh,
        net_cents: line.netCents,
        vat_rate_permyriad: line.vatRatePermyriad,
        vat_code: line.vatCode,
      })),
    )
    .execute();
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
    softwareCertificate: issuer.software_certificate,
  };
}
