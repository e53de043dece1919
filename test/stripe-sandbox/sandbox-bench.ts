import Stripe from 'stripe';

import { until } from '#test/setup/until.js';

import { sandboxControl, type SandboxControl } from './sandbox-control.js';
import { startSandbox, type RunningSandbox, type SandboxOptions } from './server.js';
import { SECRET, WebhookReceiver } from './webhook-receiver.js';

/** A sandbox with its receiver, Stripe's client and the control, as the tests of this folder use them. */
export interface SandboxBench {
  readonly receiver: WebhookReceiver;
  readonly sandbox: RunningSandbox;
  readonly stripe: Stripe;
  readonly control: SandboxControl;
  /** until every webhook that is not held has arrived */
  settled(): Promise<void>;
  close(): Promise<void>;
}

export function stripeOf(url: string): Stripe {
  const { hostname, port } = new URL(url);
  const options = { host: hostname, port: Number(port), protocol: 'http', maxNetworkRetries: 0 } as const;
  return new Stripe('sk_test_sandbox', options);
}

export async function openBench(options: SandboxOptions = {}): Promise<SandboxBench> {
  const receiver = new WebhookReceiver();
  await receiver.listen();
  const sandbox = await startSandbox({ processingMs: 20, webhook: { url: receiver.url, secret: SECRET }, ...options });
  return {
    receiver,
    sandbox,
    stripe: stripeOf(sandbox.url),
    control: sandboxControl(sandbox.url),
    settled: async () => void (await until(() => sandbox.counters().webhooksOwed === 0)),
    async close() {
      await sandbox.close();
      await receiver.close();
    },
  };
}

/** A mandate signed online for a new customer. */
export async function signMandate(stripe: Stripe, iban: string) {
  const customer = await stripe.customers.create({ name: 'Ana Exemplo', email: 'ana@example.com' });
  const method = await stripe.paymentMethods.create({
    type: 'sepa_debit',
    sepa_debit: { iban },
    billing_details: { name: 'Ana Exemplo', email: 'ana@example.com' },
  });
  const intent = await stripe.setupIntents.create({
    customer: customer.id,
    payment_method: method.id,
    allowed_payment_method_types: ['sepa_debit'],
    usage: 'off_session',
    confirm: true,
    mandate_data: {
      customer_acceptance: { type: 'online', online: { ip_address: '203.0.113.7', user_agent: 'test' } },
    },
  });
  return { customer: customer.id, method: method.id, mandate: String(intent.mandate), intent };
}

export type SignedMandate = Awaited<ReturnType<typeof signMandate>>;

/** A debit of 12.34 euros, confirmed at once. */
export function debit(
  stripe: Stripe,
  signed: SignedMandate,
  more: Partial<Stripe.PaymentIntentCreateParams> = {},
  key?: string,
) {
  return stripe.paymentIntents.create(
    {
      amount: 1234,
      currency: 'eur',
      customer: signed.customer,
      payment_method: signed.method,
      mandate: signed.mandate,
      allowed_payment_method_types: ['sepa_debit'],
      confirm: true,
      off_session: true,
      metadata: { documentId: 'doc-1' },
      ...more,
    },
    key === undefined ? {} : { idempotencyKey: key },
  );
}

/** The Checkout Session of a one-off payment. */
export function openCheckout(
  stripe: Stripe,
  amountCents: number,
  more: Partial<Stripe.Checkout.SessionCreateParams> = {},
) {
  return stripe.checkout.sessions.create({
    mode: 'payment',
    allowed_payment_method_types: ['card', 'mb_way', 'multibanco'],
    line_items: [
      {
        price_data: { currency: 'eur', unit_amount: amountCents, product_data: { name: 'FT T2026/1' } },
        quantity: 1,
      },
    ],
    client_reference_id: 'doc-1',
    locale: 'pt',
    metadata: { purpose: 'invoice' },
    payment_intent_data: { metadata: { documentId: 'doc-1' }, description: 'FT T2026/1' },
    success_url: 'http://127.0.0.1:1/paid?session={CHECKOUT_SESSION_ID}',
    cancel_url: 'http://127.0.0.1:1/invoice',
    ...more,
  });
}
