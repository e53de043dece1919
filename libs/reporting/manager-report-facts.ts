import { sql as raw } from 'kysely';

import type { Debt } from '../arrears/debts-of.js';
import { compareBill, type ComparedBill } from '../imputation/compare-bill.js';
import { reconciliationOf, type StoredReconciliation } from '../imputation/reconcile-cycle.js';
import type { Sql } from '../persistence/database.js';
import { localDays } from '../registry/period.js';
import { daysOf, minutesOf, type MonthLength } from './charge-terms.js';
import { loadAdjustments, loadCharges, type AdjustmentRow, type ChargeRow } from './manager-report-charges.js';
import {
  loadSessions,
  loadSpots,
  loadTariff,
  type SessionRow,
  type SpotRow,
  type TariffRow,
} from './manager-report-energy.js';
import { loadInvoices, type InvoiceRow } from './manager-report-invoices.js';
import {
  loadCreditNotes,
  loadDebts,
  loadPayouts,
  type CreditNoteRow,
  type MoneyQuery,
  type PayoutRow,
} from './manager-report-money.js';
import { languageOf, type Language } from './printer.js';
import type { RowPages } from './row-pages.js';

/** All that the manager's workbook says of one month of one installation. */
export interface ManagerReportFacts {
  readonly installationId: string;
  readonly installationName: string;
  readonly condominiumName: string;
  readonly managerName: string;
  readonly issuerName: string;
  readonly issuerEmail: string;
  /** yyyy-mm */
  readonly period: string;
  /** Local dates, inclusive. */
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly month: MonthLength;
  readonly timeZone: string;
  readonly language: Language;
  readonly currency: string;
  /** The latest thing that happened in what is told here. */
  readonly asOf: Date;
  readonly unattributedWh: number;
  /**
   * What the ledger says these invoices charged when they were issued, net: what the condominium recovers, and the fees
   * of its contract apart. The check of the sheets' own sums; what credit notes gave back later is no part of it.
   */
  readonly ledgerRecoveredCents: number;
  readonly ledgerFeesCents: number;
  /** Where each cent of the retailer's bill went; its source is null while the month is not imputed. */
  readonly reconciliation: StoredReconciliation;
  /** The retailer's invoice beside what was measured and rated; null while none is entered. */
  readonly comparison: ComparedBill | null;
  readonly invoices: readonly InvoiceRow[];
  readonly creditNotes: readonly CreditNoteRow[];
  /** To the condominium, with what is owed to it now. */
  readonly payouts: readonly PayoutRow[];
  readonly tariff: readonly TariffRow[];
  readonly spots: readonly SpotRow[];
  /** Single sessions, charges, adjustments and debts are read when they are written: there may be very many. */
  readonly sessions: RowPages<SessionRow>;
  readonly charges: RowPages<ChargeRow>;
  readonly adjustments: RowPages<AdjustmentRow>;
  /** Invoices of all months that are past their due date or chased. */
  readonly debts: RowPages<Debt>;
}

/**
 * Reads a cycle for the manager. What comes in pages is read later: give a transaction that sees one moment, and keep it
 * open meanwhile. Throws when there is no such cycle.
 */
export async function loadManagerReport(sql: Sql, cycleId: string): Promise<ManagerReportFacts> {
  const cycle = await sql
    .selectFrom('billing_cycle as cycle')
    .innerJoin('installation', 'installation.id', 'cycle.installation_id')
    .innerJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .innerJoin('issuer', 'issuer.id', 'installation.issuer_id')
    .where('cycle.id', '=', cycleId)
    .selectAll('cycle')
    .select([
      'installation.name as installation_name',
      'installation.time_zone',
      'installation.currency',
      'installation.language',
      'installation.condominium_id',
      'installation.issuer_id',
      'condominium.name as condominium_name',
      'condominium.manager_name',
      'issuer.name as issuer_name',
      'issuer.email as issuer_email',
    ])
    .executeTakeFirstOrThrow(() => new Error(`no billing cycle ${cycleId}`));
  const { asOf, recoveredCents, feesCents } = await ledgerFacts(sql, cycleId);
  const { from, to } = localDays({ startsAt: cycle.starts_at, endsAt: cycle.ends_at }, cycle.time_zone);
  const money: MoneyQuery = {
    installationId: cycle.installation_id,
    condominiumId: cycle.condominium_id,
    issuerId: cycle.issuer_id,
    currency: cycle.currency,
    asOf: asOf ?? cycle.ends_at,
  };
  return {
    installationId: cycle.installation_id,
    installationName: cycle.installation_name,
    condominiumName: cycle.condominium_name,
    managerName: cycle.manager_name,
    issuerName: cycle.issuer_name,
    issuerEmail: cycle.issuer_email,
    period: cycle.period,
    periodFrom: from,
    periodTo: to,
    month: { days: daysOf(from, to), minutes: minutesOf(cycle.starts_at, cycle.ends_at) },
    timeZone: cycle.time_zone,
    language: languageOf(cycle.language),
    currency: cycle.currency,
    asOf: money.asOf,
    unattributedWh: cycle.unattributed_wh,
    ledgerRecoveredCents: recoveredCents,
    ledgerFeesCents: feesCents,
    reconciliation: await reconciliationOf(sql, cycleId),
    comparison: await compareBill(sql, cycleId),
    invoices: await loadInvoices(sql, cycleId),
    creditNotes: await loadCreditNotes(sql, cycleId),
    payouts: await loadPayouts(sql, money),
    tariff: await loadTariff(sql, cycleId),
    spots: await loadSpots(sql, cycleId),
    sessions: loadSessions(sql, cycleId),
    charges: loadCharges(sql, cycleId),
    adjustments: loadAdjustments(sql, cycleId),
    debts: loadDebts(sql, money),
  };
}

interface LedgerFacts {
  readonly asOf: Date | null;
  readonly recoveredCents: number;
  readonly feesCents: number;
}

async function ledgerFacts(sql: Sql, cycleId: string): Promise<LedgerFacts> {
  const { rows } = await raw<LedgerFacts>`
    with charged as (
      select account.kind, -sum(posting.amount_cents) as cents
      from posting
      join journal_entry entry on entry.id = posting.entry_id
      join ledger_account account on account.id = posting.account_id and account.kind in ('recovered', 'fees')
      join fiscal_document document on document.id = entry.document_id
      where document.cycle_id = ${cycleId} and entry.kind = 'invoice-issued'
      group by account.kind)
    select
      (select max(at) from (
        select issued_at as at from fiscal_document where cycle_id = ${cycleId}
        union all select entry.occurred_at from journal_entry entry
          join fiscal_document document on document.id = entry.document_id
          join billing_cycle cycle on cycle.installation_id = document.installation_id where cycle.id = ${cycleId}
        union all select greatest(payout.as_of, payout.approved_at, payout.sent_at) from payout
          join installation on installation.condominium_id = payout.condominium_id
          join billing_cycle cycle on cycle.installation_id = installation.id where cycle.id = ${cycleId}
        union all select step_since from collection where cycle_id = ${cycleId}
        union all select stage_since from arrears_case
          join fiscal_document document on document.id = arrears_case.document_id where document.cycle_id = ${cycleId}
      ) moments) as "asOf",
      coalesce((select cents from charged where kind = 'recovered'), 0)::bigint as "recoveredCents",
      coalesce((select cents from charged where kind = 'fees'), 0)::bigint as "feesCents"`.execute(sql);
  return rows[0] ?? { asOf: null, recoveredCents: 0, feesCents: 0 };
}
