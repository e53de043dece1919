import type { Selectable } from 'kysely';

import { postCondominiumPayout } from '../../ledger/post-money.js';
import type { Schema, Sql } from '../../persistence/database.js';
import { payableCents } from './decide-payout.js';
import { recoveredDocuments } from './load-payout.js';
import { lockPayouts } from './propose-payout.js';

export const PAYOUT_STATES = ['proposed', 'approved', 'sent', 'paid', 'cancelled'] as const;
export type PayoutState = (typeof PAYOUT_STATES)[number];

export type PayoutRow = Selectable<Schema['payout']>;

/** By a person, at an instant. */
export interface PayoutDeed {
  readonly payoutId: string;
  readonly by: string;
  readonly now: Date;
}

export interface PayoutRefused {
  readonly refused:
    | { readonly code: 'PAYOUT.NOT_FOUND' }
    /** It is in a state in which this cannot be done. */
    | { readonly code: 'PAYOUT.STATE'; readonly state: string }
    /** Money went back, or was credited, since it was proposed: cancel it and propose again. */
    | { readonly code: 'PAYOUT.CHANGED'; readonly numbers: readonly string[] }
    /** The bank pays on a day that has come. */
    | { readonly code: 'PAYOUT.IN_THE_FUTURE' };
}

/** `changed` is false when it was done before. */
export type PayoutDone = { readonly payout: PayoutRow; readonly changed: boolean } | PayoutRefused;

/** The payout, with the lock of its condominium's payouts held until the transaction ends. */
export async function lockedPayout(trx: Sql, payoutId: string): Promise<PayoutRow | null> {
  const found = await trx.selectFrom('payout').where('id', '=', payoutId).select('condominium_id').executeTakeFirst();
  if (found === undefined) return null;
  await lockPayouts(trx, found.condominium_id);
  return trx.selectFrom('payout').selectAll().where('id', '=', payoutId).executeTakeFirstOrThrow();
}

/** A person agrees to a proposal. Refuses when one of its invoices no longer has what the proposal takes of it. */
export async function approvePayout(trx: Sql, { payoutId, by, now }: PayoutDeed): Promise<PayoutDone> {
  const payout = await lockedPayout(trx, payoutId);
  if (payout === null) return { refused: { code: 'PAYOUT.NOT_FOUND' } };
  if (payout.state === 'approved') return { payout, changed: false };
  if (payout.state !== 'proposed') return refusedIn(payout);
  const numbers = await takenTooMuch(trx, payout);
  if (numbers.length > 0) return { refused: { code: 'PAYOUT.CHANGED', numbers } };
  return changed(trx, payoutId, { state: 'approved', approved_by: by, approved_at: now });
}

/** The invoices of a payout that have less than what payouts take of them, but for what it gives back itself. */
async function takenTooMuch(trx: Sql, payout: PayoutRow): Promise<string[]> {
  const { id, condominium_id: condominiumId, issuer_id: issuerId, currency } = payout;
  const lines = await trx
    .selectFrom('payout_line')
    .where('payout_id', '=', id)
    .where('document_id', 'is not', null)
    .select('document_id')
    .execute();
  const ours = new Set(lines.map(({ document_id: documentId }) => documentId));
  return (await recoveredDocuments(trx, { condominiumId, issuerId, currency }))
    .filter((document) => ours.has(document.documentId) && payableCents(document) < document.takenCents)
    .map(({ numberText }) => numberText);
}

/** The bank has its order. */
export async function markPayoutSent(trx: Sql, deed: PayoutDeed & { readonly iban: string }): Promise<PayoutDone> {
  const payout = await lockedPayout(trx, deed.payoutId);
  if (payout === null) return { refused: { code: 'PAYOUT.NOT_FOUND' } };
  if (payout.state === 'sent') return { payout, changed: false };
  if (payout.state !== 'approved') return refusedIn(payout);
  return changed(trx, deed.payoutId, { state: 'sent', sent_at: deed.now, iban: deed.iban });
}

export interface PaidPayout extends PayoutDeed {
  /** Local day (yyyy-mm-dd) on which the bank debited it. */
  readonly paidOn: string;
  readonly bankReference: string | null;
}

/**
 * The bank has paid: only now is it posted (recovered → bank, and the agreed fees), in this transaction and once. So a
 * file that the bank never carried out leaves nothing in the books, and the payout's entry stands beside the bank's line.
 */
export async function markPayoutPaid(trx: Sql, deed: PaidPayout): Promise<PayoutDone> {
  const payout = await lockedPayout(trx, deed.payoutId);
  if (payout === null) return { refused: { code: 'PAYOUT.NOT_FOUND' } };
  if (payout.state === 'paid') return { payout, changed: false };
  if (payout.state !== 'approved' && payout.state !== 'sent') return refusedIn(payout);
  const noon = new Date(`${deed.paidOn}T12:00:00Z`);
  if (noon.getTime() > deed.now.getTime() + DAY_MS) return { refused: { code: 'PAYOUT.IN_THE_FUTURE' } };
  await postCondominiumPayout(trx, {
    key: payoutEntryKey(payout.id),
    condominiumId: payout.condominium_id,
    issuerId: payout.issuer_id,
    currency: payout.currency,
    amountCents: payout.total_cents,
    feesCents: payout.fees_cents,
    occurredAt: noon,
  });
  return changed(trx, payout.id, {
    state: 'paid',
    paid_on: deed.paidOn,
    bank_reference: deed.bankReference,
    closed_by: deed.by,
  });
}

const DAY_MS = 86_400_000;

export const payoutEntryKey = (payoutId: string): string => `condominium-payout/${payoutId}`;

/** It will not be paid: what it took is owed again, and stands in the next proposal. */
export async function cancelPayout(trx: Sql, deed: PayoutDeed & { readonly reason: string }): Promise<PayoutDone> {
  const payout = await lockedPayout(trx, deed.payoutId);
  if (payout === null) return { refused: { code: 'PAYOUT.NOT_FOUND' } };
  if (payout.state === 'cancelled') return { payout, changed: false };
  if (payout.state === 'paid') return refusedIn(payout);
  return changed(trx, payout.id, { state: 'cancelled', closed_by: deed.by, cancelled_reason: deed.reason });
}

const refusedIn = ({ state }: PayoutRow): PayoutRefused => ({ refused: { code: 'PAYOUT.STATE', state } });

async function changed(
  trx: Sql,
  payoutId: string,
  values: Partial<Omit<PayoutRow, 'state'>> & { readonly state: PayoutState },
): Promise<PayoutDone> {
  const payout = await trx
    .updateTable('payout')
    .set(values)
    .where('id', '=', payoutId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return { payout, changed: true };
}
