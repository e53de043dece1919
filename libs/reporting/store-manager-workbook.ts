import { inOneSnapshot, type Sql } from '../persistence/database.js';
import { loadManagerReport } from './manager-report-facts.js';
import { renderManagerWorkbook } from './manager-workbook.js';
import { findStoredFile, storeFile, type StoredFileRef } from './stored-files.js';

const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export interface WorkbookOrder {
  readonly cycleId: string;
  /** With every session's times, for named staff; the manager's own copy has totals per spot. */
  readonly sessionDetail?: boolean;
  /** As the month stands when every collection has ended: a second file, the one sent out at invoicing stays as it is. */
  readonly final?: boolean;
}

/** `manager-excel/<cycle>`, `manager-excel-final/<cycle>`; with single sessions `…-detail/<cycle>`. */
export function managerWorkbookKey({ cycleId, sessionDetail, final }: WorkbookOrder): string {
  const kind = final === true ? 'manager-excel-final' : 'manager-excel';
  return `${kind}${sessionDetail === true ? '-detail' : ''}/${cycleId}`;
}

/**
 * The manager's Excel of a cycle, made once and kept: it shows collections as they stood then. A final one must only be
 * asked for when every collection has ended, for the first one made stands.
 */
export async function storeManagerWorkbook(sql: Sql, order: WorkbookOrder): Promise<StoredFileRef> {
  const key = managerWorkbookKey(order);
  const kept = await findStoredFile(sql, key);
  if (kept !== undefined) return kept;
  const sessionDetail = order.sessionDetail === true;
  // Collections go on meanwhile: every sheet must tell of the same moment.
  const { facts, bytes } = await inOneSnapshot(sql, async (snapshot) => {
    const report = await loadManagerReport(snapshot, order.cycleId);
    return { facts: report, bytes: await renderManagerWorkbook(report, { sessionDetail }) };
  });
  const detail = sessionDetail ? '-sessoes' : '';
  const final = order.final === true ? '-final' : '';
  return storeFile(sql, {
    key,
    fileName: `relatorio-${facts.installationId}-${facts.period}${final}${detail}.xlsx`,
    contentType: EXCEL,
    bytes,
  });
}
