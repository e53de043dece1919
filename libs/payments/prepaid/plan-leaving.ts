import type { OpenInvoice } from './spendable.js';

export interface LeavingFacts {
  /** What was paid ahead and is not reserved. */
  readonly availableCents: number;
  readonly reservedCents: number;
  /** Owed for no invoice: top-ups that were taken back after they were used. */
  readonly openDebtCents: number;
  /** The oldest first. */
  readonly invoices: readonly OpenInvoice[];
  /** Something was consumed, or a spot held, in a month that has no invoice yet. */
  readonly hasUnbilled: boolean;
  /** A top-up or a debit of an invoice is with the bank. */
  readonly moneyOnItsWay: boolean;
  readonly refundOpen: boolean;
}

export type LeavingRefusal = 'LEAVING.NOT_BILLED' | 'LEAVING.MONEY_ON_ITS_WAY' | 'LEAVING.REFUND_OPEN';

export interface LeavingPlan {
  /** Cents of the debt without invoice that are paid, before any invoice: it is the oldest. */
  readonly debtCents: number;
  readonly pays: readonly { readonly documentId: string; readonly amountCents: number }[];
  /** What goes back to the customer. */
  readonly restCents: number;
  /** What is still owed when the balance is used up. */
  readonly stillDueCents: number;
}

/**
 * What becomes of a balance when its account ends: it pays what is owed, the oldest first and without a floor; the rest
 * goes back. Not before everything consumed is billed and no money is on its way that would be missed.
 */
export function planLeaving(facts: LeavingFacts): LeavingPlan | { readonly refused: LeavingRefusal } {
  if (facts.refundOpen) return { refused: 'LEAVING.REFUND_OPEN' };
  if (facts.moneyOnItsWay || facts.reservedCents > 0) return { refused: 'LEAVING.MONEY_ON_ITS_WAY' };
  if (facts.hasUnbilled) return { refused: 'LEAVING.NOT_BILLED' };
  let left = Math.max(0, facts.availableCents);
  const take = (dueCents: number): number => {
    const taken = Math.min(left, Math.max(0, dueCents));
    left -= taken;
    return taken;
  };
  const debtCents = take(facts.openDebtCents);
  const pays = facts.invoices.map(({ documentId, dueCents }) => ({ documentId, amountCents: take(dueCents) }));
  const owed = facts.invoices.reduce((sum, { dueCents }) => sum + dueCents, Math.max(0, facts.openDebtCents));
  const paid = pays.reduce((sum, { amountCents }) => sum + amountCents, debtCents);
  return {
    debtCents,
    pays: pays.filter(({ amountCents }) => amountCents > 0),
    restCents: left,
    stillDueCents: owed - paid,
  };
}
