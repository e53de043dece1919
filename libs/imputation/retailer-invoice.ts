import type { Sql } from '#libs/persistence/database.js';
import { PORTUGUESE_BANDS } from '#libs/tariff/bands.js';
import { findCalendar } from '#libs/tariff/calendar-store.js';

import {
  checkRetailerInvoice,
  type RetailerInvoiceEntry,
  type RetailerInvoiceRefusal,
} from './check-retailer-invoice.js';
import { billedKind, reconcileCycle } from './reconcile-cycle.js';

export interface EnteredInvoice {
  readonly invoiceId: string;
  /** What stood under this number before; the caller writes both into the audit trail. */
  readonly before: RetailerInvoiceEntry | null;
}

/**
 * Enters the retailer's invoice of a month, or puts a corrected one in place of that with the same number. Must run
 * inside a transaction. A month already rated is reconciled anew, also the one that loses the invoice: customers' lines
 * stay as they are. Refuses an invoice that does not add up, by field and, where it is one, line.
 */
export async function enterRetailerInvoice(
  trx: Sql,
  { by, now, ...entry }: RetailerInvoiceEntry & { readonly by: string; readonly now: Date },
): Promise<{ readonly ok: EnteredInvoice } | { readonly refused: RetailerInvoiceRefusal }> {
  if (!trx.isTransaction) throw new Error('enterRetailerInvoice must run inside a transaction');
  const refused =
    checkRetailerInvoice(entry) ??
    (await unknownInstallation(trx, entry.installationId)) ??
    (await unknownBand(trx, entry));
  if (refused !== null) return { refused };
  const former = await findInvoice(trx, entry.installationId, entry.number);
  const values = {
    period: entry.period,
    issue_date: entry.issueDate,
    period_from: entry.periodFrom,
    period_to: entry.periodTo,
    net_cents: entry.netCents,
    vat_cents: entry.vatCents,
    total_cents: entry.totalCents,
    entered_at: now,
    entered_by: by,
  };
  const { id: invoiceId } = await trx
    .insertInto('retailer_invoice')
    .values({ installation_id: entry.installationId, number: entry.number, ...values })
    .onConflict((conflict) => conflict.columns(['installation_id', 'number']).doUpdateSet(values))
    .returning('id')
    .executeTakeFirstOrThrow();
  await replaceLines(trx, invoiceId, entry);
  const periods = new Set([entry.period, former?.period ?? entry.period]);
  await reconcileMonths(trx, entry.installationId, [...periods]);
  return { ok: { invoiceId, before: former } };
}

/** The installation is held until the transaction ends: two of its invoices are entered one after the other. */
async function unknownInstallation(trx: Sql, id: string): Promise<RetailerInvoiceRefusal | null> {
  const found = await trx
    .selectFrom('installation')
    .select('id')
    .where('id', '=', id)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (found !== undefined) return null;
  const message = `there is no installation "${id}"`;
  return { code: 'RETAILER_INVOICE.INSTALLATION_NOT_FOUND', field: 'installationId', line: null, message };
}

async function unknownBand(trx: Sql, entry: RetailerInvoiceEntry): Promise<RetailerInvoiceRefusal | null> {
  const bands = await bandsOfInstallation(trx, entry.installationId);
  const at = entry.lines.findIndex(({ band }) => band !== null && !bands.includes(band));
  if (at < 0) return null;
  const message = `expected one of ${bands.join(', ')}`;
  return { code: 'RETAILER_INVOICE.INVALID', field: 'band', line: at + 1, message };
}

/** The bands of the calendars of the installation's price plans; Portugal's where there is none yet. */
export async function bandsOfInstallation(sql: Sql, installationId: string): Promise<string[]> {
  const plans = await sql
    .selectFrom('price_plan')
    .select('calendar_id')
    .distinct()
    .where('installation_id', '=', installationId)
    .execute();
  const bands = new Set<string>();
  for (const { calendar_id: id } of plans) {
    for (const { id: band } of (await findCalendar(sql, id))?.bandRules.bands ?? []) bands.add(band);
  }
  return bands.size > 0 ? [...bands] : PORTUGUESE_BANDS.bands.map(({ id }) => id);
}

async function replaceLines(trx: Sql, invoiceId: string, { lines }: RetailerInvoiceEntry): Promise<void> {
  await trx.deleteFrom('retailer_invoice_line').where('invoice_id', '=', invoiceId).execute();
  await trx
    .insertInto('retailer_invoice_line')
    .values(
      lines.map(({ kind, band, code, label, wh, netCents }, index) => ({
        invoice_id: invoiceId,
        position: index + 1,
        kind,
        band,
        code,
        label,
        wh,
        net_cents: netCents,
      })),
    )
    .execute();
}

/** The months are held: a calculation under way is waited for, one that begins meanwhile sees the invoice. */
async function reconcileMonths(trx: Sql, installationId: string, periods: readonly string[]): Promise<void> {
  const cycles = await trx
    .selectFrom('billing_cycle')
    .select(['id', 'rated_at'])
    .where('installation_id', '=', installationId)
    .where('period', 'in', periods)
    .orderBy('period')
    .forUpdate()
    .execute();
  for (const { id, rated_at: ratedAt } of cycles) if (ratedAt !== null) await reconcileCycle(trx, { cycleId: id });
}

/** The invoice of that number, or null. */
export async function findInvoice(
  sql: Sql,
  installationId: string,
  number: string,
): Promise<RetailerInvoiceEntry | null> {
  const row = await sql
    .selectFrom('retailer_invoice')
    .selectAll()
    .where('installation_id', '=', installationId)
    .where('number', '=', number)
    .executeTakeFirst();
  if (row === undefined) return null;
  const lines = await sql
    .selectFrom('retailer_invoice_line')
    .select(['kind', 'band', 'code', 'label', 'wh', 'net_cents as netCents'])
    .where('invoice_id', '=', row.id)
    .orderBy('position')
    .execute();
  return {
    installationId,
    number,
    period: row.period,
    issueDate: row.issue_date,
    periodFrom: row.period_from,
    periodTo: row.period_to,
    netCents: row.net_cents,
    vatCents: row.vat_cents,
    totalCents: row.total_cents,
    lines: lines.map((line) => Object.assign(line, { kind: billedKind(line.kind) })),
  };
}
