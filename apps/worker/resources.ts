import type { Logger } from 'pino';
import type Stripe from 'stripe';

import type { FiscalSigner } from '#libs/invoicing/fiscal/sign-document.js';
import type { MailTransport } from '#libs/notifications/send-mail.js';
import type { Sql } from '#libs/persistence/database.js';

/** What the activities work with; the names by which Nest injects it. */
export const SQL = Symbol('database');
export const STRIPE = Symbol('stripe');
/** What all debits of seven days may come to, in cents; null: no limit. */
export const STRIPE_WEEKLY_LIMIT = Symbol('stripe weekly limit');
export const MAIL = Symbol('mail');
export const LOG = Symbol('log');
export const SIGNER = Symbol('fiscal signer');
export const PUBLIC_URL = Symbol('public url');

export interface MailResource {
  readonly transport: MailTransport;
  readonly from: string;
}

export interface Resources {
  readonly sql: Sql;
  readonly stripe: Stripe;
  readonly stripeWeeklyLimitCents?: number | null;
  readonly mail: MailResource;
  /** null: no key is configured; then issuers in Portugal issue nothing */
  readonly signer: FiscalSigner | null;
  readonly log: Logger;
  /** Where customers find their page, for links in mails; null when it is not known. */
  readonly publicUrl?: string | null;
}
