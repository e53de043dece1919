import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';
import { partyOf } from '../tariff/charge-words.js';
import { isCarriedForward } from './adjustments.js';
import type { ChargeLine } from './plan-invoice.js';
import { standsForItsMonth } from './standing-invoice.js';
import { chargeLineOf, fixedCharge } from './stored-line.js';

/** What is to be invoiced to a customer with a cycle. */
export interface LoadedCharges {
  /** The cycle's own lines: energy, the retailer's charges, the BPO's fees. None when the month is carried forward. */
  readonly ownLines: readonly ChargeLine[];
  /** What was accepted of former months and is in no document yet. */
  readonly adjustmentLines: readonly ChargeLine[];
  readonly adjustmentIds: readonly string[];
}

interface ChargeOrder {
  readonly cycleId: string;
  readonly customerId: string;
}

/**
 * The customer's lines of a cycle, and the accepted adjustments of the installation's former cycles. The adjustments
 * are held until the transaction ends: no two documents take the same one.
 */
export async function loadCharges(trx: Sql, order: ChargeOrder): Promise<LoadedCharges> {
  const isCarried = await isCarriedForward(trx, order);
  const ownLines = isCarried ? [] : [...(await energyLines(trx, order)), ...(await imputedLines(trx, order))];
  const adjustments = await openAdjustments(trx, order);
  return {
    ownLines,
    adjustmentLines: await adjustmentLines(trx, adjustments),
    adjustmentIds: adjustments.map(({ id }) => id),
  };
}

/** The retailer's lines first, then the BPO's fees apart; within each the month's own before what corrects others. */
export function inPrintedOrder({ ownLines, adjustmentLines }: LoadedCharges): ChargeLine[] {
  const all = [...ownLines, ...adjustmentLines];
  return [...all.filter(({ party }) => party === 'retailer'), ...all.filter(({ party }) => party === 'bpo')];
}

async function energyLines(trx: Sql, order: ChargeOrder): Promise<ChargeLine[]> {
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
  return rows.map((row) =>
    chargeLineOf({
      ...row,
      kind: row.direction === 'export' ? 'energy-export' : 'energy',
      party: 'retailer',
      charge_code: null,
      net_cents: row.cents,
    }),
  );
}

async function imputedLines(trx: Sql, order: ChargeOrder): Promise<ChargeLine[]> {
  return (await imputedRows(trx, order)).map((row) =>
    fixedCharge({
      party: partyOf(row.party),
      spotName: row.spot_name,
      label: row.label,
      code: row.code,
      netCents: row.net_cents,
      vatCode: row.vat_code,
      exemptionCode: row.exemption_code,
    }),
  );
}

/** The customer's imputed lines of a cycle as they are stored, in the order in which documents print them. */
export function imputedRows(sql: Sql, order: ChargeOrder) {
  return sql
    .selectFrom('imputed_line as line')
    .leftJoin('spot', 'spot.id', 'line.spot_id')
    .where('line.cycle_id', '=', order.cycleId)
    .where('line.customer_id', '=', order.customerId)
    .selectAll('line')
    .select('spot.name as spot_name')
    .orderBy('line.position')
    .orderBy('spot.name')
    .orderBy('line.id')
    .execute();
}

interface OpenAdjustment {
  readonly id: string;
  readonly period: string;
  /** The day of the customer's invoice of that month; null: there was none. */
  readonly taxedOn: string | null;
}

async function openAdjustments(trx: Sql, order: ChargeOrder): Promise<OpenAdjustment[]> {
  return trx
    .selectFrom('adjustment')
    .innerJoin('billing_cycle as former', 'former.id', 'adjustment.cycle_id')
    .innerJoin('billing_cycle as cycle', 'cycle.installation_id', 'former.installation_id')
    .leftJoin('fiscal_document as invoice', (join) =>
      join
        .onRef('invoice.cycle_id', '=', 'former.id')
        .onRef('invoice.customer_id', '=', 'adjustment.customer_id')
        // A month that was issued again has more than one: without this its adjustments would be billed as often.
        .on(standsForItsMonth(raw`invoice.id`)),
    )
    .where('cycle.id', '=', order.cycleId)
    .whereRef('former.starts_at', '<', 'cycle.starts_at')
    .where('adjustment.customer_id', '=', order.customerId)
    .where('adjustment.state', '=', 'accepted')
    .where('adjustment.document_id', 'is', null)
    .select(['adjustment.id', 'former.period', 'invoice.issue_date as taxedOn'])
    .orderBy('former.period')
    .orderBy('adjustment.id')
    .forUpdate('adjustment')
    .execute();
}

/** The lines of one adjustment, whatever became of it. */
export async function linesOfAdjustment(sql: Sql, adjustmentId: string): Promise<ChargeLine[]> {
  return adjustmentLines(sql, [{ id: adjustmentId, period: null, taxedOn: null }]);
}

async function adjustmentLines(
  trx: Sql,
  adjustments: readonly (Omit<OpenAdjustment, 'period'> & { readonly period: string | null })[],
): Promise<ChargeLine[]> {
  if (adjustments.length === 0) return [];
  const rows = await trx
    .selectFrom('adjustment_line')
    .selectAll()
    .where(
      'adjustment_id',
      'in',
      adjustments.map(({ id }) => id),
    )
    .orderBy('position')
    .execute();
  const lines: ChargeLine[] = [];
  for (const { id, period, taxedOn } of adjustments) {
    for (const row of rows.filter((one) => one.adjustment_id === id)) {
      lines.push(Object.assign(chargeLineOf(row), { adjustsPeriod: period, taxedOn }));
    }
  }
  return lines;
}
