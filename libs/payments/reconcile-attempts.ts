import { applyIntent, type AttemptState } from './apply-intent.js';
import { abandonAttempt, type Attempt } from './attempts.js';
import type { PaymentDeps } from './payment-deps.js';
import { isBooked } from './posted-cents.js';
import { recordTopUpDispute } from './prepaid/record-top-up-dispute.js';
import { recordDispute } from './record-dispute.js';
import { readIntent } from './refresh-attempt.js';
import { findIntent } from './start-debit.js';

/** After this the provider has forgotten the idempotency key, and nothing asked of it can still be under way. */
const FORGOTTEN_MS = 48 * 3_600_000;
const PAGE = 1_000;
/** Disputes are looked for this far before `olderThan`: SEPA allows them for eight weeks. */
const EIGHT_WEEKS_S = 56 * 86_400;

interface Problem {
  /** `attempt/<id>` or `dispute/<provider's id>` */
  readonly subject: string;
  readonly message: string;
}

export interface Reconciled {
  readonly checked: number;
  /** Attempts whose state was not known here: tell their workflows. */
  readonly changed: readonly AttemptState[];
  /** Claimed, never made at the provider, and now given up. */
  readonly abandoned: readonly { readonly documentId: string; readonly attemptId: string }[];
  /** Disputes that no webhook had told of. */
  readonly disputes: readonly { readonly documentId: string; readonly dueCents: number }[];
  /** Attempts and disputes that could not be compared; one of them never stops the others. */
  readonly problems: readonly Problem[];
}

/**
 * Compares attempts made before `olderThan` that are not final with the provider, and succeeded ones with its disputes:
 * finds what webhooks missed. Safe to run at any time, any number of times.
 */
export async function reconcileAttempts(
  deps: PaymentDeps,
  { olderThan, now }: { readonly olderThan: Date; readonly now: Date },
): Promise<Reconciled> {
  const open = await deps.sql
    .selectFrom('payment_attempt')
    .selectAll()
    .where('state', 'in', ['created', 'processing'])
    .where('method', '<>', 'sepa-file')
    .where('created_at', '<', olderThan)
    .orderBy('created_at')
    .limit(PAGE)
    .execute();
  const changed: AttemptState[] = [];
  const abandoned: { documentId: string; attemptId: string }[] = [];
  const problems: Problem[] = [];
  for (const attempt of open) {
    try {
      const state = await compare(deps, attempt, now);
      if (state === 'abandoned') abandoned.push({ documentId: attempt.document_id, attemptId: attempt.id });
      else if (state !== null) changed.push(state);
    } catch (error) {
      problems.push({ subject: `attempt/${attempt.id}`, message: messageOf(error) });
    }
  }
  const disputes = await missedDisputes(deps, { olderThan, now, problems });
  return { checked: open.length, changed, abandoned, disputes, problems };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** What is new about an attempt; null when nothing is. */
async function compare(deps: PaymentDeps, attempt: Attempt, now: Date): Promise<AttemptState | 'abandoned' | null> {
  const intent =
    attempt.provider_payment_id === null
      ? await findIntent(deps, attempt)
      : await readIntent(deps.stripe, attempt.provider_payment_id);
  if (intent !== null) {
    const state = await applyIntent(deps.sql, attempt.id, intent, now);
    return state.state !== 'processing' || attempt.state === 'created' ? state : null;
  }
  if (now.getTime() - attempt.created_at.getTime() <= FORGOTTEN_MS) return null;
  return (await abandonAttempt(deps.sql, attempt.id, now)) ? 'abandoned' : null;
}

interface DisputeSearch {
  readonly olderThan: Date;
  readonly now: Date;
  readonly problems: Problem[];
}

async function missedDisputes(deps: PaymentDeps, { olderThan, now, problems }: DisputeSearch) {
  const found: { documentId: string; dueCents: number }[] = [];
  const created = { gte: Math.floor(olderThan.getTime() / 1000) - EIGHT_WEEKS_S };
  for await (const dispute of deps.stripe.disputes.list({ created, limit: 100 })) {
    if (await isBooked(deps.sql, `reverse/${dispute.id}`)) continue;
    try {
      const recorded = await recordDispute(deps, { disputeId: dispute.id, now });
      if (recorded === null) await recordTopUpDispute(deps, { disputeId: dispute.id, now });
      if (recorded?.reversed === true) found.push(...recorded.documents);
    } catch (error) {
      problems.push({ subject: `dispute/${dispute.id}`, message: messageOf(error) });
    }
  }
  return found;
}
