import type { ManagerReportFacts } from '#libs/notifications/texts.js';
import type { Sql } from '#libs/persistence/database.js';
import { managerMailFacts } from '#libs/reporting/manager-mail-facts.js';
import { loadManagerReport } from '#libs/reporting/manager-report-facts.js';

export interface ManagerMail {
  readonly recipient: string;
  readonly installationId: string;
  readonly facts: ManagerReportFacts;
}

/** What the mail with the month's report says, and to whom. */
export async function managerMail(sql: Sql, cycleId: string): Promise<ManagerMail> {
  const report = await loadManagerReport(sql, cycleId);
  const { manager_email: recipient } = await sql
    .selectFrom('installation')
    .innerJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .select('condominium.manager_email as manager_email')
    .where('installation.id', '=', report.installationId)
    .executeTakeFirstOrThrow();
  return { recipient, installationId: report.installationId, facts: managerMailFacts(report) };
}
