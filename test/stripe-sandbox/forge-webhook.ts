import { ApiError } from './api-error.js';
import type { EventObject } from './objects.js';
import { newId } from './store.js';
import { post, signature, type WebhookTarget } from './webhook-transport.js';
import { API_VERSION, type World } from './world.js';

/** How the signature of a forged webhook is wrong; `right-secret`: it is not, somebody stole the secret. */
export const FORGERIES = ['wrong-secret', 'no-signature', 'old-timestamp', 'changed-body', 'right-secret'] as const;
export type Forgery = (typeof FORGERIES)[number];

export interface ForgeOrder {
  readonly type: string;
  /** what it pretends; nothing of it is written down here */
  readonly object: Record<string, unknown>;
  readonly forgery: Forgery;
}

const OLD_SECONDS = 3_600;

function signed(forgery: Forgery, body: string, secret: string): string | null {
  const now = Math.floor(Date.now() / 1000);
  switch (forgery) {
    case 'no-signature':
      return null;
    case 'wrong-secret':
      return signature(body, `${secret}_of_another`);
    case 'old-timestamp':
      return signature(body, secret, now - OLD_SECONDS);
    case 'changed-body':
      return signature(body.replace('evt_', 'evt-'), secret);
    case 'right-secret':
      return signature(body, secret);
  }
}

/** Sends an event that never happened, at once; gives the receiver's status. */
export async function forgeWebhook(
  world: World,
  target: WebhookTarget | undefined,
  { type, object, forgery }: ForgeOrder,
): Promise<{ readonly status: number; readonly eventId: string }> {
  if (target === undefined) throw ApiError.invalid('There is no receiver of webhooks.');
  const event: EventObject = {
    id: newId('evt'),
    object: 'event',
    api_version: API_VERSION,
    created: world.now(),
    data: { object },
    livemode: false,
    pending_webhooks: 1,
    request: { id: null, idempotency_key: null },
    type,
  };
  const body = JSON.stringify(event, null, 2);
  return { status: await post(target.url, body, signed(forgery, body, target.secret)), eventId: event.id };
}
