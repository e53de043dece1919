import type { ChargeObject, MandateObject, PaymentIntentObject, PaymentMethodObject } from './objects.js';
import { newId } from './store.js';
import type { World } from './world.js';

function detailsOf(
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  mandate: MandateObject | null,
  debitDate: string | null,
): Record<string, unknown> {
  if (method.sepa_debit !== undefined) {
    const { bank_code, branch_code, country, fingerprint, last4 } = method.sepa_debit;
    const date = debitDate === null ? {} : { expected_debit_date: debitDate };
    return { bank_code, branch_code, country, fingerprint, last4, mandate: mandate?.id ?? null, ...date };
  }
  if (method.card !== undefined) {
    const { fingerprint, last4 } = method.card;
    return {
      amount_authorized: intent.amount,
      brand: 'visa',
      checks: null,
      country: 'PT',
      exp_month: 12,
      exp_year: 2034,
      fingerprint,
      funding: 'credit',
      installments: null,
      last4,
      mandate: null,
      network: 'visa',
      three_d_secure: null,
      wallet: null,
    };
  }
  const voucher = intent.next_action?.['multibanco_display_details'] as Record<string, unknown> | undefined;
  return voucher === undefined ? {} : { entity: voucher['entity'], reference: voucher['reference'] };
}

export interface ChargeOptions {
  readonly mandate?: MandateObject;
  /** the day the bank is asked for the money, YYYY-MM-DD */
  readonly debitDate?: string | null;
}

/** A charge that is pending until {@link changeCharge} says how it ended. */
export function createPendingCharge(
  world: World,
  intent: PaymentIntentObject,
  method: PaymentMethodObject,
  { mandate, debitDate = null }: ChargeOptions = {},
): ChargeObject {
  const charge: ChargeObject = {
    id: newId(method.type === 'card' ? 'ch' : 'py'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: null,
    billing_details: { ...method.billing_details, tax_id: null },
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
      [method.type]: detailsOf(intent, method, mandate ?? null, debitDate),
      type: method.type,
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
