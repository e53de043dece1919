import type { ManagerReportFacts as ManagerMailFacts } from '../notifications/texts.js';
import type { ManagerReportFacts } from './manager-report-facts.js';

/** What the mail with the month's workbook says of it. */
export function managerMailFacts(report: ManagerReportFacts): ManagerMailFacts {
  const { invoices, reconciliation } = report;
  const total = (value: (row: (typeof invoices)[number]) => number) =>
    invoices.reduce((sum, row) => sum + value(row), 0);
  const side = (wanted: string) =>
    reconciliation.lines.reduce((sum, { side, netCents }) => (side === wanted ? sum + netCents : sum), 0);
  return {
    language: report.language,
    managerName: report.managerName,
    condominiumName: report.condominiumName,
    installationName: report.installationName,
    issuerName: report.issuerName,
    supportEmail: report.issuerEmail,
    period: report.period,
    invoices: invoices.length,
    totalWh: total(({ wh }) => wh),
    recoveredCents: report.ledgerRecoveredCents,
    feesCents: report.ledgerFeesCents,
    dueCents: total(({ dueCents }) => dueCents),
    currency: report.currency,
    bill:
      reconciliation.billCents === null
        ? null
        : {
            isEntered: reconciliation.billSource === 'retailer-invoice',
            billCents: reconciliation.billCents,
            recoveredCents: side('recovered'),
            residualCents: side('residual'),
          },
  };
}
