import { ApiError } from './api-error.js';
import { changeCharge } from './charges.js';
import type { DisputeObject } from './objects.js';
import { newId } from './store.js';
import type { World } from './world.js';

/** The debtor takes the money back. SEPA knows no appeal: the dispute is lost as it is made. */
export function disputePayment(world: World, paymentIntentId: string, reason: string): DisputeObject {
  const intent = world.find('payment_intent', paymentIntentId);
  if (intent.status !== 'succeeded' || intent.latest_charge === null) {
    throw ApiError.invalid(`A PaymentIntent that is ${intent.status} cannot be disputed.`);
  }
  const charge = changeCharge(world, intent.latest_charge, { disputed: true });
  const dispute: DisputeObject = {
    id: newId('du'),
    object: 'dispute',
    amount: intent.amount,
    balance_transactions: [],
    charge: charge.id,
    created: world.now(),
    currency: intent.currency,
    enhanced_eligibility_types: [],
    evidence: {},
    evidence_details: {
      due_by: null,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    intended_submission_method: null,
    is_charge_refundable: false,
    livemode: false,
    metadata: {},
    network_reason_code: 'MD06',
    payment_intent: intent.id,
    reason,
    status: 'lost',
  };
  world.store.put('dispute', dispute.id, dispute);
  world.emit('charge.dispute.created', dispute);
  world.emit('charge.dispute.funds_withdrawn', dispute);
  world.emit('charge.dispute.closed', dispute);
  return dispute;
}
