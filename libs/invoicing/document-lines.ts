import type { Sql } from '../persistence/database.js';
import type { PlannedLine } from './plan-invoice.js';
import { chargeColumns, chargeLineOf } from './stored-line.js';

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
        ...chargeColumns(line),
        vat_rate_permyriad: line.vatRatePermyriad,
        vat_cents: line.vatCents,
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
