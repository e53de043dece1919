import type { Sql } from '../persistence/database.js';
import type { PlannedLine } from './plan-invoice.js';
import { chargeLineOf } from './stored-line.js';

/** Lines of a document that is being issued, in the transaction that issues it. */
export async function insertLines(
  trx: Sql,
  documentId: string,
  lines: readonly (PlannedLine & { readonly creditsLineNo?: number })[],
): Promise<void> {
  await trx
    .insertInto('document_line')
    .values(
      lines.map((line) => ({
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
        vat_cents: line.vatCents,
        exemption_code: line.exemptionCode,
        party: line.party,
        estimated_error_wh: line.estimatedErrorWh,
        is_average_price: line.isAveragePrice,
        adjusts_period: line.adjustsPeriod,
        credits_line_no: line.creditsLineNo ?? null,
      })),
    )
    .execute();
}

/** The lines of an issued document, in their order. */
export async function linesOf(sql: Sql, documentId: string): Promise<PlannedLine[]> {
  const rows = await sql
    .selectFrom('document_line')
    .selectAll()
    .where('document_id', '=', documentId)
    .orderBy('line_no')
    .execute();
  return rows.map((row) =>
    Object.assign(chargeLineOf(row), {
      lineNo: row.line_no,
      vatRatePermyriad: row.vat_rate_permyriad,
      vatCents: row.vat_cents,
      adjustsPeriod: row.adjusts_period,
    }),
  );
}
