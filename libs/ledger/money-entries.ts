import {
  bank,
  fees,
  prepaid,
  processor,
  processorFees,
  receivable,
  recovered,
  unmatched,
  type Account,
} from './accounts.js';
import { assertPositive, entry, movement, type Entry } from './entry.js';

/** Money of a customer that belongs to no invoice. */
export interface CustomerMoney {
  readonly key: string;
  readonly customerId: string;
  /** Whose bank account it is; only for a bank. */
  readonly issuerId: string;
  readonly source: 'stripe' | 'bank';
  readonly amountCents: number;
  readonly currency: string;
  readonly occurredAt: Date;
}

/** Money of an issuer's bank account. */
export interface IssuerMoney {
  readonly key: string;
  readonly issuerId: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly occurredAt: Date;
}

/** Money paid ahead. */
export function topUpEntry(money: CustomerMoney): Entry {
  return movement(
    { ...facts(money), kind: 'top-up', description: `top-up by ${money.source}` },
    { debit: holder(money), credit: prepaid(money.customerId, money.currency), amountCents: money.amountCents },
  );
}

/**
 * A top-up that was taken back (a dispute): from what the customer has paid ahead as far as it is there; the rest the
 * customer owes, for no invoice.
 */
export function topUpReversedEntry(money: CustomerMoney, availableCents: number): Entry {
  assertPositive(money.amountCents, money.key);
  const takenCents = Math.max(0, Math.min(money.amountCents, availableCents));
  return entry({
    ...facts(money),
    kind: 'top-up-reversed',
    description: `top-up by ${money.source} taken back`,
    postings: [
      { account: prepaid(money.customerId, money.currency), amountCents: takenCents },
      { account: receivable(money.customerId, money.currency), amountCents: money.amountCents - takenCents },
      { account: holder(money), amountCents: -money.amountCents },
    ],
  });
}

/** What a customer owes for no invoice (a top-up that was taken back), paid from what was paid ahead since. */
export function openDebtPaidEntry(money: Omit<CustomerMoney, 'issuerId' | 'source'>): Entry {
  return movement(
    { ...facts(money), kind: 'open-debt-paid', description: 'debt without invoice by prepaid' },
    {
      debit: prepaid(money.customerId, money.currency),
      credit: receivable(money.customerId, money.currency),
      amountCents: money.amountCents,
    },
  );
}

/** What a customer has paid ahead, given back. */
export function refundEntry(money: CustomerMoney): Entry {
  return movement(
    { ...facts(money), kind: 'refund', description: `refund by ${money.source}` },
    { debit: prepaid(money.customerId, money.currency), credit: holder(money), amountCents: money.amountCents },
  );
}

/** Money that came to the bank, before anybody knows for what. */
export function unmatchedReceivedEntry(money: IssuerMoney): Entry {
  return movement(
    { ...facts(money), kind: 'unmatched-received', description: 'received by bank' },
    {
      debit: bank(money.issuerId, money.currency),
      credit: unmatched(money.issuerId, money.currency),
      amountCents: money.amountCents,
    },
  );
}

/** Money in the bank that was found to be a customer's, for no invoice: paid ahead. */
export function matchedToCustomerEntry(money: IssuerMoney & { readonly customerId: string }): Entry {
  return movement(
    { ...facts(money), kind: 'unmatched-applied', description: 'paid ahead by bank' },
    {
      debit: unmatched(money.issuerId, money.currency),
      credit: prepaid(money.customerId, money.currency),
      amountCents: money.amountCents,
    },
  );
}

/** Money that nobody was found for, or that was no payment, leaves the bank again. */
export function unmatchedReturnedEntry(money: IssuerMoney): Entry {
  return movement(
    { ...facts(money), kind: 'unmatched-returned', description: 'returned to the sender' },
    {
      debit: unmatched(money.issuerId, money.currency),
      credit: bank(money.issuerId, money.currency),
      amountCents: money.amountCents,
    },
  );
}

export interface ProcessorPayout {
  readonly key: string;
  readonly issuerId: string;
  /** What the provider held for us. */
  readonly grossCents: number;
  /** What it kept of that; the bank receives the rest. */
  readonly feeCents: number;
  readonly currency: string;
  readonly occurredAt: Date;
}

/** The provider pays into the bank what it held, less its fee. */
export function processorPayoutEntry(payout: ProcessorPayout): Entry {
  const { key, grossCents, feeCents, issuerId, currency } = payout;
  assertPositive(grossCents, key);
  if (!Number.isSafeInteger(feeCents) || feeCents < 0 || feeCents > grossCents) {
    throw new RangeError(`entry ${key}: a fee of ${feeCents} of ${grossCents} cents`);
  }
  return entry({
    ...facts(payout),
    kind: 'processor-payout',
    description: 'payout of the provider',
    postings: [
      { account: bank(issuerId, currency), amountCents: grossCents - feeCents },
      { account: processorFees(issuerId, currency), amountCents: feeCents },
      { account: processor('stripe', currency), amountCents: -grossCents },
    ],
  });
}

/** The bank sent a payout back: the provider holds it again; its fee stays taken. */
export function processorPayoutFailedEntry(money: IssuerMoney): Entry {
  return movement(
    { ...facts(money), kind: 'processor-payout-failed', description: 'payout of the provider came back' },
    {
      debit: processor('stripe', money.currency),
      credit: bank(money.issuerId, money.currency),
      amountCents: money.amountCents,
    },
  );
}

export interface CondominiumPayout extends IssuerMoney {
  readonly condominiumId: string;
  /** What the issuer keeps of the recovered by its contract with the condominium; none when not given. */
  readonly feesCents?: number;
}

/** What was recovered for a condominium leaves the issuer's bank for the condominium's, and its agreed fees are earned. */
export function condominiumPayoutEntry(money: CondominiumPayout): Entry {
  const { condominiumId, issuerId, currency, amountCents, feesCents = 0 } = money;
  assertPositive(amountCents, money.key);
  if (feesCents < 0) throw new RangeError(`entry ${money.key}: fees of ${feesCents} cents`);
  return entry({
    ...facts(money),
    kind: 'condominium-payout',
    description: 'paid out to the condominium',
    postings: [
      { account: recovered(condominiumId, currency), amountCents: amountCents + feesCents },
      { account: bank(issuerId, currency), amountCents: -amountCents },
      { account: fees(issuerId, currency), amountCents: -feesCents },
    ],
  });
}

function facts({ key, occurredAt }: { readonly key: string; readonly occurredAt: Date }) {
  return { key, occurredAt, documentId: null };
}

function holder({ source, issuerId, currency }: CustomerMoney): Account {
  return source === 'stripe' ? processor('stripe', currency) : bank(issuerId, currency);
}
