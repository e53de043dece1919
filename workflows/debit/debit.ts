import { waitUntil } from '../clock.js';
import { isRefused, type Refused } from '../refusal.js';
import { stripe, type DebitLook } from './activities.js';

/** How a debit ended. `too-long`: still processing at policy's limit; it may yet succeed, so nobody debits again. */
export type DebitEnd =
  | { readonly state: 'succeeded' }
  | { readonly state: 'failed'; readonly failureCode: string }
  | { readonly state: 'too-long' };

/** What a debit needs of the workflow around it. */
export interface DebitWatch {
  /** Counts the provider's facts about payments of this document (signals from webhooks). */
  readonly paymentFacts: () => number;
  /** There is no room under the week's limit; it is started again at this instant. */
  readonly postponed?: (until: string) => Promise<void>;
  /** The debit is processing; the next look is at this instant. */
  readonly processing: (lookAgainAt: string) => Promise<void>;
}

/** Debits once and follows it: a webhook's signal wakes, a poll by policy replaces the webhook that never came. */
export async function debit(documentId: string, attemptNo: number, watch: DebitWatch): Promise<DebitEnd | Refused> {
  let seen = watch.paymentFacts();
  let look: DebitLook | Refused = await stripe.startDebit(documentId, attemptNo);
  while (!isRefused(look) && look.state === 'postponed' && look.lookAgainAt !== null) {
    const until: string = look.lookAgainAt;
    await watch.postponed?.(until);
    await waitUntil(until, () => false);
    look = await stripe.startDebit(documentId, attemptNo);
  }
  if (isRefused(look)) return look;
  while (look.state === 'processing') {
    const { lookAgainAt, providerPaymentId }: DebitLook = look;
    if (lookAgainAt === null || providerPaymentId === null) return { state: 'too-long' };
    await watch.processing(lookAgainAt);
    await waitUntil(lookAgainAt, () => watch.paymentFacts() > seen);
    seen = watch.paymentFacts();
    look = await stripe.lookAtDebit(documentId, providerPaymentId);
  }
  return look.state === 'succeeded'
    ? { state: 'succeeded' }
    : { state: 'failed', failureCode: look.failureCode ?? 'failed' };
}
