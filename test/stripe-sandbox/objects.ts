/** Stripe's objects as far as the sandbox plays them; the names are Stripe's (API 2026-10-28.endive). */
interface Common {
  readonly id: string;
  readonly livemode: false;
}

export interface CustomerObject extends Common {
  readonly object: 'customer';
  readonly created: number;
  readonly email: string | null;
  readonly name: string | null;
  readonly metadata: Record<string, string>;
  readonly [more: string]: unknown;
}

export interface BillingDetails {
  readonly email: string | null;
  readonly name: string | null;
  readonly phone: string | null;
  readonly address: Record<string, string | null>;
}

export interface SepaDebitDetails {
  readonly bank_code: string | null;
  readonly branch_code: string | null;
  readonly country: string;
  readonly fingerprint: string;
  readonly last4: string;
}

export interface CardDetails {
  readonly fingerprint: string;
  readonly last4: string;
  readonly [more: string]: unknown;
}

export const METHOD_TYPES = ['card', 'mb_way', 'multibanco', 'sepa_debit'] as const;
export type MethodType = (typeof METHOD_TYPES)[number];

export interface PaymentMethodObject extends Common {
  readonly object: 'payment_method';
  readonly type: MethodType;
  readonly created: number;
  readonly customer: string | null;
  readonly billing_details: BillingDetails;
  readonly sepa_debit?: SepaDebitDetails & { readonly generated_from: unknown };
  readonly card?: CardDetails;
  readonly metadata: Record<string, string>;
  readonly [more: string]: unknown;
}

export interface SetupIntentObject extends Common {
  readonly object: 'setup_intent';
  readonly created: number;
  readonly status: 'requires_payment_method' | 'requires_confirmation' | 'succeeded' | 'canceled';
  readonly customer: string | null;
  readonly payment_method: string | null;
  readonly mandate: string | null;
  readonly client_secret: string;
  readonly metadata: Record<string, string>;
  readonly [more: string]: unknown;
}

export interface MandateObject extends Common {
  readonly object: 'mandate';
  readonly payment_method: string;
  readonly status: 'active' | 'inactive' | 'pending';
  readonly type: 'multi_use';
  readonly [more: string]: unknown;
}

export type PaymentIntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'succeeded'
  | 'canceled';

export interface PaymentIntentObject extends Common {
  readonly object: 'payment_intent';
  readonly amount: number;
  readonly amount_received: number;
  readonly currency: string;
  readonly created: number;
  readonly customer: string | null;
  readonly payment_method: string | null;
  readonly latest_charge: string | null;
  readonly last_payment_error: Record<string, unknown> | null;
  readonly metadata: Record<string, string>;
  readonly next_action: Record<string, unknown> | null;
  readonly payment_method_types: readonly string[];
  readonly status: PaymentIntentStatus;
  readonly [more: string]: unknown;
}

export interface ChargeObject extends Common {
  readonly object: 'charge';
  readonly amount: number;
  readonly amount_refunded: number;
  readonly created: number;
  readonly currency: string;
  readonly disputed: boolean;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly balance_transaction: string | null;
  readonly payment_intent: string;
  readonly payment_method_details: { readonly type: MethodType; readonly [more: string]: unknown };
  readonly failure_code: string | null;
  readonly [more: string]: unknown;
}

export interface DisputeObject extends Common {
  readonly object: 'dispute';
  readonly amount: number;
  readonly charge: string;
  readonly payment_intent: string;
  readonly created: number;
  readonly reason: string;
  readonly status: 'needs_response' | 'under_review' | 'won' | 'lost';
  readonly balance_transactions: readonly BalanceTransactionObject[];
  readonly evidence_details: { readonly due_by: number | null; readonly [more: string]: unknown };
  readonly [more: string]: unknown;
}

/** Stripe shows no `livemode` on refunds and balance transactions. */
export interface RefundObject {
  readonly id: string;
  readonly object: 'refund';
  readonly amount: number;
  readonly charge: string;
  readonly payment_intent: string;
  readonly created: number;
  readonly status: 'pending' | 'succeeded' | 'failed';
  readonly [more: string]: unknown;
}

export interface BalanceTransactionObject {
  readonly id: string;
  readonly object: 'balance_transaction';
  /** cents; money that leaves is negative */
  readonly amount: number;
  readonly fee: number;
  readonly net: number;
  /** seconds */
  readonly available_on: number;
  readonly created: number;
  readonly currency: 'eur';
  readonly source: string | null;
  readonly status: 'available' | 'pending';
  readonly type: TransactionType;
  readonly [more: string]: unknown;
}

export type TransactionType =
  | 'adjustment'
  | 'charge'
  | 'payment'
  | 'payment_refund'
  | 'payout'
  | 'payout_failure'
  | 'refund'
  | 'refund_failure'
  | 'stripe_fee';

export interface PayoutObject extends Common {
  readonly object: 'payout';
  readonly amount: number;
  readonly arrival_date: number;
  readonly balance_transaction: string | null;
  readonly created: number;
  readonly status: 'pending' | 'in_transit' | 'paid' | 'failed';
  readonly [more: string]: unknown;
}

export interface SessionObject extends Common {
  readonly object: 'checkout.session';
  readonly amount_total: number | null;
  readonly cancel_url: string | null;
  readonly created: number;
  readonly currency: string | null;
  readonly customer: string | null;
  readonly customer_email: string | null;
  readonly expires_at: number;
  readonly locale: string | null;
  readonly metadata: Record<string, string>;
  readonly mode: 'payment' | 'setup';
  readonly payment_intent: string | null;
  readonly payment_method_types: readonly MethodType[];
  readonly payment_status: 'no_payment_required' | 'paid' | 'unpaid';
  readonly setup_intent: string | null;
  readonly status: 'complete' | 'expired' | 'open';
  readonly success_url: string;
  readonly url: string | null;
  readonly [more: string]: unknown;
}

export interface EventObject extends Common {
  readonly object: 'event';
  readonly api_version: string;
  readonly created: number;
  readonly type: string;
  readonly data: { readonly object: unknown };
  readonly [more: string]: unknown;
}
