import type { Sql } from '../persistence/database.js';
import { loadManagerReport } from './manager-report-facts.js';
import { renderManagerWorkbook } from './manager-workbook.js';
import { findStoredFile, storeFile, type StoredFileRef } from './stored-files.js';

const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export interface WorkbookOrder {
  readonly cycleId: string;
  /** With every session's times, for named staff; the manager's own copy has totals per spot. */
  readonly sessionDetail?: boolean;
}

export const managerWorkbookKey = ({ cycleId, sessionDetail }: WorkbookOrder): string =>
  `${sessionDetail === true ? 'manager-excel-detail' : 'manager-excel'}/${cycleId}`;

/** The manager's Excel of a cycle, made once and kept: it shows collections as they stood then. */
export async function storeManagerWorkbook(sql: Sql, order: WorkbookOrder): Promise<StoredFileRef> {
  const key = managerWorkbookKey(order);
  const kept = await findStoredFile(sql, key);
  if (kept !== undefined) return kept;
  const facts = await loadManagerReport(sql, order.cycleId);
  const detail = order.sessionDetail === true ? '-sessoes' : '';
  return storeFile(sql, {
    key,
    fileName: `relatorio-${facts.installationId}-${facts.period}${detail}.xlsx`,
    contentType: EXCEL,
    bytes: await renderManagerWorkbook(facts, { sessionDetail: order.sessionDetail === true }),
  });
}
