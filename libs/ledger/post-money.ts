import type { Sql } from '../persistence/database.js';
import { lockCustomerBooks, openDebtCents, prepaidAvailableCents } from './balances.js';
import { matchedToDocumentEntry } from './document-entries.js';
import { ledgerDocument, onlyIssuerOf } from './ledger-document.js';
import {
  condominiumPayoutEntry,
  matchedToCustomerEntry,
  openDebtPaidEntry,
  processorPayoutEntry,
  processorPayoutFailedEntry,
  refundEntry,
  topUpEntry,
  topUpReversedEntry,
  unmatchedReceivedEntry,
  unmatchedReturnedEntry,
  type CondominiumPayout,
  type CustomerMoney,
  type IssuerMoney,
  type ProcessorPayout,
} from './money-entries.js';
import { postEntry, type Posted } from './post-entry.js';
import { assertPrepaid } from './post-events.js';

export interface TopUp {
  readonly key: string;
  readonly customerId: string;
  readonly source: 'stripe' | 'bank';
  readonly amountCents: number;
  readonly occurredAt: Date;
  /** Whose bank account received it; needed only where a condominium's installations have several issuers. */
  readonly issuerId?: string;
  /** EUR when not given. */
  readonly currency?: string;
}

/** Posts money paid ahead. `posted` is false when the key was posted already. */
export async function postTopUp(trx: Sql, topUp: TopUp): Posted {
  return postEntry(trx, topUpEntry(await customerMoney(trx, topUp)));
}

/**
 * A top-up was taken back: from the prepaid balance as far as it is there, the rest is owed for no invoice
 * ({@link postOpenDebtPaid} takes it from what is paid ahead later).
 */
export async function postTopUpReversed(trx: Sql, topUp: TopUp): Posted {
  const money = await customerMoney(trx, topUp);
  await lockCustomerBooks(trx, money.customerId);
  const availableCents = await prepaidAvailableCents(trx, money.customerId, money.currency);
  return postEntry(trx, topUpReversedEntry(money, availableCents));
}

/** Pays what a customer owes for no invoice from the prepaid balance, as far as it is there. */
export async function postOpenDebtPaid(
  trx: Sql,
  debt: { readonly key: string; readonly customerId: string; readonly currency?: string; readonly occurredAt: Date },
): Promise<{ readonly paidCents: number }> {
  const { customerId, currency = 'EUR' } = debt;
  await lockCustomerBooks(trx, customerId);
  const owedCents = await openDebtCents(trx, customerId, currency);
  const amountCents = Math.min(owedCents, await prepaidAvailableCents(trx, customerId, currency));
  if (amountCents <= 0) return { paidCents: 0 };
  const { posted } = await postEntry(trx, openDebtPaidEntry({ ...debt, currency, amountCents }));
  return { paidCents: posted ? amountCents : 0 };
}

export type Refund = Omit<TopUp, 'source'> & { readonly to: 'stripe' | 'bank' };

/**
 * Gives back what a customer has paid ahead. Takes the customer's lock; throws if it would leave less than nothing:
 * decide on the amount under {@link lockCustomerBooks} before.
 */
export async function postRefund(trx: Sql, { to, ...refund }: Refund): Posted {
  const money = await customerMoney(trx, { ...refund, source: to });
  await lockCustomerBooks(trx, money.customerId);
  const result = await postEntry(trx, refundEntry(money));
  await assertPrepaid(trx, money);
  return result;
}

async function customerMoney(trx: Sql, money: TopUp): Promise<CustomerMoney> {
  const issuerId = money.issuerId ?? (money.source === 'bank' ? await onlyIssuerOf(trx, money.customerId) : '');
  return { ...money, issuerId, currency: money.currency ?? 'EUR' };
}

/** Money came to an issuer's bank account; who it is for comes later ({@link postMatched}). */
export async function postUnmatched(trx: Sql, money: IssuerMoney): Posted {
  return postEntry(trx, unmatchedReceivedEntry(money));
}

export interface Match {
  readonly key: string;
  readonly issuerId: string;
  readonly amountCents: number;
  readonly currency: string;
  readonly occurredAt: Date;
}

/**
 * Money in an issuer's bank account is found to be for an invoice, or a customer's who pays ahead. The caller holds the
 * customer's lock, and knows that so much of it is still unmatched. Throws for an invoice of another issuer or currency.
 */
export async function postMatched(
  trx: Sql,
  match: Match & ({ readonly documentId: string } | { readonly customerId: string }),
): Posted {
  if ('customerId' in match) return postEntry(trx, matchedToCustomerEntry(match));
  const document = await ledgerDocument(trx, match.documentId);
  if (document.issuerId !== match.issuerId || document.currency !== match.currency) {
    throw new Error(`${document.numberText} is not of issuer ${match.issuerId} in ${match.currency}`);
  }
  return postEntry(trx, matchedToDocumentEntry(document, match));
}

/** Unmatched money leaves the issuer's bank account again. */
export async function postUnmatchedReturned(trx: Sql, money: IssuerMoney): Posted {
  return postEntry(trx, unmatchedReturnedEntry(money));
}

/** The provider paid into the issuer's bank account what it held. */
export async function postProcessorPayout(trx: Sql, payout: ProcessorPayout): Posted {
  return postEntry(trx, processorPayoutEntry(payout));
}

/** The bank sent back what the provider had paid out: so many cents, net of the fee. */
export async function postProcessorPayoutFailed(trx: Sql, money: IssuerMoney): Posted {
  return postEntry(trx, processorPayoutFailedEntry(money));
}

/** What was recovered for a condominium was paid to it from the issuer's bank account. */
export async function postCondominiumPayout(trx: Sql, money: CondominiumPayout): Posted {
  return postEntry(trx, condominiumPayoutEntry(money));
}
