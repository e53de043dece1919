import type { Sql } from '#libs/persistence/database.js';
import { partyOf } from '#libs/tariff/charge-words.js';

import type { Imputed, RatedEnergy } from './imputed.js';
import { reconcile, type BilledLine, type MonthAccounts, type Reconciliation } from './reconciliation.js';

/** A month's accounts as stored; its charges say what they are. */
export interface StoredAccounts extends MonthAccounts {
  readonly charges: readonly Pick<Imputed, 'party' | 'code' | 'label' | 'customerId' | 'netCents'>[];
}

/** A month's stored reconciliation, as reports show it. */
export interface StoredReconciliation {
  readonly billCents: number | null;
  /** retailer-invoice or tariff; null: the month is not imputed yet. */
  readonly billSource: string | null;
  readonly lines: readonly {
    readonly side: string;
    readonly code: string;
    readonly wh: number | null;
    readonly netCents: number;
  }[];
}

/** The cycle's rated lines, as far as imputation looks at them: those that differ in nothing of this are summed. */
export async function cycleEnergy(sql: Sql, cycleId: string): Promise<RatedEnergy[]> {
  return await sql
    .selectFrom('rated_line')
    .select(['customer_id as customerId', 'direction', 'band'])
    .select((select) => [
      select.cast<number>(select.fn.sum('wh'), 'bigint').as('wh'),
      select.cast<number>(select.fn.sum('cents'), 'bigint').as('cents'),
    ])
    .where('cycle_id', '=', cycleId)
    .groupBy(['customer_id', 'direction', 'band'])
    .execute();
}

/** The lines of all invoices of the retailer for an installation's month; null while none is entered. */
export async function billedLines(sql: Sql, installationId: string, period: string): Promise<BilledLine[] | null> {
  const rows = await sql
    .selectFrom('retailer_invoice as i')
    .innerJoin('retailer_invoice_line as l', 'l.invoice_id', 'i.id')
    .select(['l.kind', 'l.band', 'l.code', 'l.label', 'l.wh', 'l.net_cents as netCents'])
    .where('i.installation_id', '=', installationId)
    .where('i.period', '=', period)
    .orderBy('i.number')
    .orderBy('l.position')
    .execute();
  if (rows.length === 0) return null;
  return rows.map((row): BilledLine => Object.assign(row, { kind: billedKind(row.kind) }));
}

/** The kind of a stored line. Throws for what is none. */
export function billedKind(text: string): BilledLine['kind'] {
  if (text !== 'energy' && text !== 'charge') throw new Error(`retailer_invoice_line has an unknown kind "${text}"`);
  return text;
}

/** What the reconciliation and the comparison of a month are made of. Throws for an unknown cycle. */
export async function monthAccounts(sql: Sql, cycleId: string): Promise<StoredAccounts> {
  const cycle = await sql
    .selectFrom('billing_cycle')
    .select(['installation_id', 'period', 'unattributed_wh'])
    .where('id', '=', cycleId)
    .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
  const charges = await sql
    .selectFrom('imputed_line')
    .select(['party', 'code', 'label', 'customer_id as customerId', 'net_cents as netCents'])
    .where('cycle_id', '=', cycleId)
    .orderBy('position')
    .execute();
  return {
    energy: await cycleEnergy(sql, cycleId),
    unattributedWh: cycle.unattributed_wh,
    charges: charges.map((row) => Object.assign(row, { party: partyOf(row.party) })),
    invoiced: await billedLines(sql, cycle.installation_id, cycle.period),
  };
}

/**
 * Says anew where each cent of the retailer's bill of a month went, from the stored lines and the invoices entered so
 * far, and sets the cycle's bill. It changes no customer's line, so it may run after the month was invoiced, when the
 * retailer's invoice comes. Must run inside a transaction. Throws for an unknown cycle.
 */
export async function reconcileCycle(trx: Sql, { cycleId }: { readonly cycleId: string }): Promise<Reconciliation> {
  if (!trx.isTransaction) throw new Error('reconcileCycle must run inside a transaction');
  await trx.selectFrom('billing_cycle').select('id').where('id', '=', cycleId).forUpdate().execute();
  const reconciliation = reconcile(await monthAccounts(trx, cycleId));
  await trx.deleteFrom('reconciliation_line').where('cycle_id', '=', cycleId).execute();
  await trx
    .insertInto('reconciliation_line')
    .values(
      reconciliation.lines.map(({ side, code, wh, netCents }, index) => ({
        cycle_id: cycleId,
        position: index + 1,
        side,
        code,
        wh,
        net_cents: netCents,
      })),
    )
    .execute();
  const { billCents, billSource } = reconciliation;
  await trx
    .updateTable('billing_cycle')
    .set({ bill_cents: billCents, bill_source: billSource })
    .where('id', '=', cycleId)
    .execute();
  return reconciliation;
}

/** The stored reconciliation of a month, for reports. Throws for an unknown cycle. */
export async function reconciliationOf(sql: Sql, cycleId: string): Promise<StoredReconciliation> {
  const cycle = await sql
    .selectFrom('billing_cycle')
    .select(['bill_cents', 'bill_source'])
    .where('id', '=', cycleId)
    .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
  const lines = await sql
    .selectFrom('reconciliation_line')
    .select(['side', 'code', 'wh', 'net_cents as netCents'])
    .where('cycle_id', '=', cycleId)
    .orderBy('position')
    .execute();
  return { billCents: cycle.bill_cents, billSource: cycle.bill_source, lines };
}
