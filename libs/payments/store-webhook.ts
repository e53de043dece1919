import { sql as raw } from 'kysely';
import Stripe from 'stripe';

import type { Sql } from '../persistence/database.js';

/** Stripe's own default: an older signature may be a replay. */
const TOLERANCE_SECONDS = 300;

export interface WebhookDelivery {
  /** The body as it came, byte for byte: the signature is over it. */
  readonly rawBody: string | Buffer;
  readonly signature: string | undefined;
  readonly secret: string;
  readonly now: Date;
}

export type StoredWebhook =
  | { readonly stored: { readonly eventId: string; readonly type: string; readonly times: number } }
  | { readonly refused: { readonly code: 'SIGNATURE_INVALID' | 'BODY_INVALID' } };

/**
 * Checks a webhook's signature and keeps it, raw, before anything follows from it; a repetition is only counted. Answer
 * the provider 2xx when it is stored (handling comes after), 400 when it is refused.
 */
export async function storeWebhook(sql: Sql, delivery: WebhookDelivery): Promise<StoredWebhook> {
  const { rawBody, signature, secret, now } = delivery;
  let event: Stripe.Event;
  try {
    const receivedAtMs = now.getTime();
    event = Stripe.webhooks.constructEvent(
      rawBody,
      signature ?? '',
      secret,
      TOLERANCE_SECONDS,
      undefined,
      receivedAtMs,
    );
  } catch (error) {
    const badSignature = error instanceof Stripe.errors.StripeSignatureVerificationError;
    return { refused: { code: badSignature ? 'SIGNATURE_INVALID' : 'BODY_INVALID' } };
  }
  const times = await keepEvent(sql, event, rawBody.toString(), now);
  return { stored: { eventId: event.id, type: event.type, times } };
}

/** Keeps an event once; returns how often it has come. */
export async function keepEvent(sql: Sql, event: Stripe.Event, rawBody: string, now: Date): Promise<number> {
  const { times } = await sql
    .insertInto('webhook_event')
    .values({
      id: event.id,
      type: event.type,
      object_id: objectIdOf(event.data.object),
      raw: rawBody,
      received_at: now,
      times: 1,
    })
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ times: raw`webhook_event.times + 1` }))
    .returning('times')
    .executeTakeFirstOrThrow();
  return times;
}

function objectIdOf(object: unknown): string {
  const hasId = typeof object === 'object' && object !== null && 'id' in object && typeof object.id === 'string';
  return hasId ? String(object.id) : '';
}
