import { sum } from '../imputation/sum.js';
import type { ManagerReportFacts as ManagerMailFacts } from '../notifications/texts.js';
import { billTotals } from './bill-totals.js';
import type { ManagerReportFacts } from './manager-report-facts.js';

/** What the mail with the month's workbook says of it; an invoice that was given back for another counts no more. */
export function managerMailFacts(report: ManagerReportFacts): ManagerMailFacts {
  const { reconciliation } = report;
  const invoices = report.invoices.filter(({ isGivenBack }) => !isGivenBack);
  const givenBack = report.invoices.filter(({ isGivenBack }) => isGivenBack);
  const givenBackFees = sum(givenBack, ({ feesCents }) => feesCents);
  const { recoveredCents, residualCents } = billTotals(reconciliation);
  return {
    language: report.language,
    managerName: report.managerName,
    condominiumName: report.condominiumName,
    installationName: report.installationName,
    issuerName: report.issuerName,
    supportEmail: report.issuerEmail,
    period: report.period,
    invoices: invoices.length,
    totalWh: sum(invoices, ({ wh }) => wh),
    recoveredCents: report.ledgerRecoveredCents - (sum(givenBack, ({ netCents }) => netCents) - givenBackFees),
    feesCents: report.ledgerFeesCents - givenBackFees,
    dueCents: sum(report.invoices, ({ dueCents }) => dueCents),
    currency: report.currency,
    bill:
      reconciliation.billCents === null
        ? null
        : {
            isEntered: reconciliation.billSource === 'retailer-invoice',
            billCents: reconciliation.billCents,
            recoveredCents,
            residualCents,
          },
  };
}
