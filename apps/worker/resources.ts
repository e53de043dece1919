import type { Logger } from 'pino';
import type Stripe from 'stripe';

import type { MailTransport } from '#libs/notifications/send-mail.js';
import type { Sql } from '#libs/persistence/database.js';

/** What the activities work with; the names by which Nest injects it. */
export const SQL = Symbol('database');
export const STRIPE = Symbol('stripe');
export const MAIL = Symbol('mail');
export const LOG = Symbol('log');

export interface MailResource {
  readonly transport: MailTransport;
  readonly from: string;
}

export interface Resources {
  readonly sql: Sql;
  readonly stripe: Stripe;
  readonly mail: MailResource;
  readonly log: Logger;
}
