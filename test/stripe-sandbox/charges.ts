import type { ChargeObject, MandateObject, PaymentIntentObject } from './objects.js';
import { newId } from './store.js';
import type { World } from './world.js';

/** The charge of a debit that was handed to the bank: pending until it settles. */
export function createPendingCharge(world: World, intent: PaymentIntentObject, mandate: MandateObject): ChargeObject {
  const method = world.find('payment_method', mandate.payment_method);
  const { bank_code, branch_code, country, fingerprint, last4 } = method.sepa_debit;
  const charge: ChargeObject = {
    id: newId('py'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: method.billing_details,
    calculated_statement_descriptor: null,
    captured: true,
    created: world.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent['description'] ?? null,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: false,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: null,
    paid: false,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details: {
      sepa_debit: { bank_code, branch_code, country, fingerprint, last4, mandate: mandate.id },
      type: 'sepa_debit',
    },
    receipt_email: null,
    receipt_number: null,
    receipt_url: null,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'pending',
    transfer_data: null,
    transfer_group: null,
  };
  world.store.put('charge', charge.id, charge);
  return charge;
}

export function changeCharge(world: World, id: string, change: Partial<ChargeObject>): ChargeObject {
  const after: ChargeObject = { ...world.find('charge', id), ...change };
  world.store.put('charge', id, after);
  return after;
}
