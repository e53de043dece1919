/** The words of the manager's workbook in one language. */
export interface WorkbookWords {
  readonly sheets: Readonly<Record<SheetWord, string>>;
  readonly titles: Readonly<Record<SheetWord, (month: string) => string>>;
  readonly asOf: (period: { from: string; to: string }, at: string) => string;
  readonly columns: Readonly<Record<ColumnWord, string>>;
  readonly figures: Readonly<Record<FigureWord, string>>;
  readonly right: string;
  readonly wrong: string;
  readonly questions: (email: string) => string;
  readonly directions: Readonly<Record<'import' | 'export', string>>;
  readonly parties: Readonly<Record<string, string>>;
  readonly noSpot: string;
  readonly condominium: string;
  readonly averagePrice: string;
  readonly next: Readonly<Record<'debit' | 'deduction' | 'transfer' | 'bank', string>>;
  readonly bill: BillWords;
}

export type SheetWord =
  | 'summary'
  | 'reconciliation'
  | 'imputation'
  | 'charges'
  | 'tariff'
  | 'sessions'
  | 'sessionDetail'
  | 'adjustments'
  | 'collections'
  | 'debts'
  | 'creditNotes'
  | 'payouts';

type ColumnWord =
  | 'unit'
  | 'customer'
  | 'name'
  | 'spots'
  | 'energy'
  | 'energyValue'
  | 'charges'
  | 'adjustments'
  | 'fees'
  | 'net'
  | 'vat'
  | 'gross'
  | 'interest'
  | 'credited'
  | 'writtenOff'
  | 'paid'
  | 'due'
  | 'state'
  | 'season'
  | 'day'
  | 'band'
  | 'label'
  | 'interval'
  | 'direction'
  | 'estimated'
  | 'worstCase'
  | 'price'
  | 'priceNote'
  | 'value'
  | 'circuit'
  | 'spot'
  | 'charger'
  | 'sessions'
  | 'flagged'
  | 'monthEnergy'
  | 'start'
  | 'stop'
  | 'sessionEnergy'
  | 'flags'
  | 'invoice'
  | 'issued'
  | 'dueDate'
  | 'method'
  | 'stage'
  | 'next'
  | 'nextAt'
  | 'party'
  | 'charge'
  | 'chargePrice'
  | 'whole'
  | 'dividedBy'
  | 'share'
  | 'weight'
  | 'totalWeight'
  | 'part'
  | 'month'
  | 'period'
  | 'dueSince'
  | 'daysLate'
  | 'creditNote'
  | 'reason'
  | 'payout'
  | 'paidOut'
  | 'paidOn'
  | 'bankReference';

type FigureWord =
  | 'values'
  | 'recovered'
  | 'fees'
  | 'vat'
  | 'gross'
  | 'interest'
  | 'credited'
  | 'writtenOff'
  | 'paid'
  | 'due'
  | 'inArrears'
  | 'energy'
  | 'rated'
  | 'invoiced'
  | 'notInvoiced'
  | 'outside'
  | 'checks'
  | 'ledgerRecovered'
  | 'ledgerFees'
  | 'isLedger'
  | 'isLedgerFees'
  | 'isInvoices'
  | 'isWhole'
  | 'isWholeWithMore'
  | 'isBill'
  | 'invoices'
  | 'number'
  | 'bands'
  | 'netValue'
  | 'bill'
  | 'billKept'
  | 'billDifference';

interface BillWords {
  readonly flow: string;
  readonly entered: (numbers: string) => string;
  readonly byTariff: string;
  readonly lines: Readonly<Record<string, string>>;
  readonly recovered: string;
  readonly residual: string;
  readonly check: string;
  readonly invoiced: string;
  readonly toInvoice: string;
  readonly toInvoiceNote: string;
  readonly feesNote: string;
  readonly comparison: string;
  readonly measured: string;
  readonly rated: string;
  readonly billed: string;
  readonly billedValue: string;
  readonly energyDifference: string;
  readonly valueDifference: string;
  readonly mayBe: string;
  readonly outside: string;
  readonly total: string;
  readonly tolerance: (energy: string, money: string) => string;
  readonly meanings: Readonly<Record<string, string>>;
}
