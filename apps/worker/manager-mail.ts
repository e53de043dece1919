import type { ManagerReportFacts } from '#libs/notifications/texts.js';
import type { Sql } from '#libs/persistence/database.js';
import { loadManagerReport } from '#libs/reporting/manager-report-facts.js';

export interface ManagerMail {
  readonly recipient: string;
  readonly installationId: string;
  readonly facts: ManagerReportFacts;
}

/** What the mail with the month's report says, and to whom. */
export async function managerMail(sql: Sql, cycleId: string): Promise<ManagerMail> {
  const report = await loadManagerReport(sql, cycleId);
  const { language, manager_email: recipient } = await sql
    .selectFrom('installation')
    .innerJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .select(['installation.language as language', 'condominium.manager_email as manager_email'])
    .where('installation.id', '=', report.installationId)
    .executeTakeFirstOrThrow();
  const sum = (cents: (invoice: (typeof report.invoices)[number]) => number) =>
    report.invoices.reduce((total, invoice) => total + cents(invoice), 0);
  return {
    recipient,
    installationId: report.installationId,
    facts: {
      language: language === 'en' ? 'en' : 'pt',
      managerName: report.managerName,
      condominiumName: report.condominiumName,
      installationName: report.installationName,
      issuerName: report.issuerName,
      supportEmail: report.issuerEmail,
      period: report.period,
      invoices: report.invoices.length,
      totalWh: sum(({ wh }) => wh),
      recoveredCents: report.ledgerRecoveredCents,
      dueCents: sum(({ dueCents }) => dueCents),
      currency: report.currency,
    },
  };
}
