import { ApiError } from './api-error.js';
import { disputeFeeCents, move } from './balance.js';
import { changeCharge } from './charges.js';
import { having, page } from './lists.js';
import type { DisputeObject } from './objects.js';
import type { Params } from './params.js';
import { newId } from './store.js';
import { DAY_MS, type World } from './world.js';

const ANSWER_DAYS = 10;

/** The fields that evidence has, as far as it is text. */
const EVIDENCE = [
  'access_activity_log',
  'billing_address',
  'cancellation_policy',
  'cancellation_policy_disclosure',
  'cancellation_rebuttal',
  'customer_communication',
  'customer_email_address',
  'customer_name',
  'customer_purchase_ip',
  'customer_signature',
  'duplicate_charge_documentation',
  'duplicate_charge_explanation',
  'duplicate_charge_id',
  'product_description',
  'receipt',
  'refund_policy',
  'refund_policy_disclosure',
  'refund_refusal_explanation',
  'service_date',
  'service_documentation',
  'shipping_address',
  'shipping_carrier',
  'shipping_date',
  'shipping_documentation',
  'shipping_tracking_number',
  'uncategorized_file',
  'uncategorized_text',
] as const;

const NO_EVIDENCE = { ...Object.fromEntries(EVIDENCE.map((name) => [name, null])), enhanced_evidence: {} };

/** The codes of the scheme that stand for a reason, as far as they are known. */
const NETWORK_CODES: Readonly<Record<string, string>> = {
  customer_initiated: 'MD06',
  debit_not_authorized: 'MD01',
  fraudulent: '10.4',
};

/** The debtor takes the money back. SEPA knows no appeal: the dispute is lost as it is made. */
export function disputePayment(world: World, paymentIntentId: string, reason: string): DisputeObject {
  const intent = world.find('payment_intent', paymentIntentId);
  if (intent.status !== 'succeeded' || intent.latest_charge === null) {
    throw ApiError.invalid(`A PaymentIntent that is ${intent.status} cannot be disputed.`);
  }
  const before = world.find('charge', intent.latest_charge);
  const { type } = before.payment_method_details;
  if (type === 'multibanco') throw ApiError.invalid('Multibanco knows no disputes.');
  if (before.disputed) throw ApiError.invalid('The payment is disputed already.');
  const isFinal = type === 'sepa_debit';
  const charge = changeCharge(world, before.id, { disputed: true });
  const id = newId('du');
  const withdrawn = move(world, {
    type: 'adjustment',
    amount: -charge.amount,
    fee: disputeFeeCents(type),
    feeDescription: 'Dispute fee',
    reportingCategory: 'dispute',
    source: id,
    description: `Chargeback withdrawal for ${charge.id}`,
  });
  const dueAtMs = world.nowMs() + ANSWER_DAYS * DAY_MS;
  const dispute: DisputeObject = {
    id,
    object: 'dispute',
    amount: intent.amount,
    balance_transactions: [withdrawn],
    charge: charge.id,
    created: world.now(),
    currency: intent.currency,
    enhanced_eligibility_types: [],
    evidence: NO_EVIDENCE,
    evidence_details: {
      due_by: isFinal ? null : Math.floor(dueAtMs / 1000),
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    network_reason_code: NETWORK_CODES[reason] ?? null,
    payment_intent: intent.id,
    reason,
    status: isFinal ? 'lost' : 'needs_response',
  };
  world.store.put('dispute', dispute.id, dispute);
  world.emit('charge.dispute.created', dispute);
  world.emit('charge.dispute.funds_withdrawn', dispute);
  if (isFinal) world.emit('charge.dispute.closed', dispute);
  else world.schedule.at('dispute-is-due', id, dueAtMs);
  return dispute;
}

function change(world: World, dispute: DisputeObject, changes: Partial<DisputeObject>): DisputeObject {
  const after: DisputeObject = { ...dispute, ...changes };
  world.store.put('dispute', dispute.id, after);
  return after;
}

/** Decided: a dispute that was won brings the money back, not the fee. */
export function closeDispute(world: World, id: string, status: 'won' | 'lost'): DisputeObject {
  const dispute = world.find('dispute', id);
  if (dispute.status === 'won' || dispute.status === 'lost') {
    throw ApiError.invalid(`This dispute is already closed: it was ${dispute.status}.`);
  }
  world.schedule.cancel('dispute-is-due', id);
  if (status === 'lost') {
    const lost = change(world, dispute, { status });
    world.emit('charge.dispute.closed', lost);
    return lost;
  }
  const back = move(world, {
    type: 'adjustment',
    amount: dispute.amount,
    reportingCategory: 'dispute_reversal',
    source: id,
    description: `Chargeback reversal for ${dispute.charge}`,
  });
  const won = change(world, dispute, { status, balance_transactions: [...dispute.balance_transactions, back] });
  world.emit('charge.dispute.funds_reinstated', won);
  world.emit('charge.dispute.closed', won);
  return won;
}

/** Nobody answered in time. */
export function disputeIsDue(world: World, id: string): void {
  if (world.find('dispute', id).status === 'needs_response') closeDispute(world, id, 'lost');
}

function readEvidence(params: Params): Record<string, string> | undefined {
  const given = params.nested('evidence');
  if (given === undefined) return undefined;
  const read = EVIDENCE.map((name) => [name, given.text(name)] as const);
  given.refuseUnknown();
  return Object.fromEntries(
    read.filter((entry): entry is [(typeof EVIDENCE)[number], string] => entry[1] !== undefined),
  );
}

/** Evidence; `submit` (by default) hands it in, and then the bank looks at it. */
export function updateDispute(world: World, params: Params, id: string): DisputeObject {
  const dispute = world.find('dispute', id);
  const evidence = readEvidence(params);
  const metadata = params.texts('metadata') ?? {};
  const submits = params.text('submit') !== 'false' && evidence !== undefined;
  params.refuseUnknown();
  if (evidence !== undefined && dispute.status !== 'needs_response') {
    throw ApiError.invalid(`This dispute takes no evidence: it is ${dispute.status}.`, { param: 'evidence' });
  }
  const after = change(world, dispute, {
    evidence: { ...(dispute['evidence'] as Record<string, string>), ...evidence },
    evidence_details: {
      ...dispute.evidence_details,
      has_evidence: evidence !== undefined || dispute.evidence_details['has_evidence'] === true,
      submission_count: Number(dispute.evidence_details['submission_count']) + (submits ? 1 : 0),
    },
    metadata: { ...(dispute['metadata'] as Record<string, string>), ...metadata },
    status: submits ? 'under_review' : dispute.status,
  });
  world.emit('charge.dispute.updated', after);
  return after;
}

/** `POST /v1/disputes/:id/close`: we accept it. */
export function acceptDispute(world: World, params: Params, id: string): DisputeObject {
  params.refuseUnknown();
  return closeDispute(world, id, 'lost');
}

export function listDisputes(world: World, params: Params) {
  const filters = { payment_intent: params.text('payment_intent'), charge: params.text('charge') };
  return page('/v1/disputes', having(world.store.list('dispute'), filters), params);
}
