import Stripe from 'stripe';

export interface StripeSettings {
  readonly secretKey: string;
  /** Where the API is; Stripe's own when not given. */
  readonly apiBase?: string | undefined;
}

const TIMEOUT_MS = 30_000;

/**
 * Opens the client. Retries are the caller's (Temporal's) business: stripe-node makes none but one after a broken
 * connection, so every creating call must carry an idempotency key.
 */
export function openStripe({ secretKey, apiBase }: StripeSettings): Stripe {
  const common = { maxNetworkRetries: 0, timeout: TIMEOUT_MS, telemetry: false };
  if (apiBase === undefined || apiBase === '') return new Stripe(secretKey, common);
  const { protocol, hostname, port } = new URL(apiBase);
  const https = protocol === 'https:';
  if (!https && protocol !== 'http:') throw new Error(`STRIPE_API_BASE must be an http or https URL, not ${apiBase}`);
  return new Stripe(secretKey, {
    ...common,
    protocol: https ? 'https' : 'http',
    host: hostname,
    port: port === '' ? (https ? 443 : 80) : Number(port),
  });
}
