/** What is wrong in the books: a code, what it is about, and the figures. */
export interface LedgerProblem {
  readonly code:
    | 'BOOKS_UNBALANCED'
    | 'ENTRY_UNBALANCED'
    | 'PENDING_NOT_RELEASED'
    | 'INVOICE_NOT_POSTED'
    | 'INVOICE_DIFFERS_FROM_POSTINGS'
    | 'INVOICE_DIFFERS_FROM_LINES'
    | 'CREDITED_BEYOND_INVOICE'
    | 'POSTED_WITHOUT_INVOICE'
    | 'POSTED_TO_STRANGER'
    | 'INVOICE_OVERPAID'
    | 'PREPAID_BELOW_ZERO'
    | 'UNMATCHED_BELOW_ZERO'
    | 'PAYOUT_DIFFERS'
    | 'PAYOUT_UNMATCHED';
  readonly subject: string;
  readonly detail: string;
}
