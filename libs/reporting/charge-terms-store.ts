import { imputedRows } from '../invoicing/load-charges.js';
import type { Sql } from '../persistence/database.js';
import type { ChargeTerms } from './charge-terms.js';

/** What tells one charge of a document from another. */
interface DocumentLine {
  readonly kind: string;
  readonly party: string;
  readonly label: string;
  readonly spotName: string | null;
  readonly netCents: number;
  readonly adjustsPeriod: string | null;
}

type WithTerms<Line> = Line & { readonly terms: ChargeTerms | null };

/**
 * Gives the charges of a document's own month what their imputed lines say of them. Documents keep labels and amounts,
 * not how they came about; the month's imputed lines are no longer changed once it has documents, and documents print them
 * in the order of `imputedRows`, so each line takes the first of its party, label, spot and amount that no other has taken.
 */
export async function withTerms<Line extends DocumentLine>(
  sql: Sql,
  document: { readonly cycle_id: string | null; readonly customer_id: string },
  lines: readonly Line[],
): Promise<WithTerms<Line>[]> {
  const without = (line: Line): WithTerms<Line> => ({ ...line, terms: null });
  if (document.cycle_id === null || !lines.some(isOwnCharge)) return lines.map(without);
  const rows = await imputedRows(sql, { cycleId: document.cycle_id, customerId: document.customer_id });
  const key = (party: string, label: string, spotName: string | null, cents: number) =>
    JSON.stringify([party, label, spotName, cents]);
  const waiting = Map.groupBy(rows, (row) => key(row.party, row.label, row.spot_name, row.net_cents));
  return lines.map((line) => {
    if (!isOwnCharge(line)) return without(line);
    const row = waiting.get(key(line.party, line.label, line.spotName, line.netCents))?.shift();
    return row === undefined ? without(line) : { ...line, terms: termsOf(row) };
  });
}

function isOwnCharge({ kind, adjustsPeriod }: DocumentLine): boolean {
  return kind === 'fixed-charge' && adjustsPeriod === null;
}

function termsOf(row: {
  readonly unit: string;
  readonly micros: number;
  readonly days: number;
  readonly share_by: string;
  readonly total_cents: number;
  readonly weight: number;
  readonly total_weight: number;
}): ChargeTerms {
  return {
    unit: row.unit,
    micros: row.micros,
    days: row.days,
    shareBy: row.share_by,
    totalCents: row.total_cents,
    weight: row.weight,
    totalWeight: row.total_weight,
  };
}
