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

export interface PaymentMethodObject extends Common {
  readonly object: 'payment_method';
  readonly type: 'sepa_debit';
  readonly created: number;
  readonly customer: string | null;
  readonly billing_details: BillingDetails;
  readonly sepa_debit: SepaDebitDetails & { readonly generated_from: unknown };
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
  readonly payment_intent: string;
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
  readonly status: string;
  readonly [more: string]: unknown;
}

export interface RefundObject extends Common {
  readonly object: 'refund';
  readonly amount: number;
  readonly payment_intent: string;
  readonly created: number;
  readonly status: string;
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
