import type Stripe from 'stripe';

import type { SignInLimit } from '#libs/identity/sign-in-limit.js';
import type { FiscalSigner } from '#libs/invoicing/fiscal/sign-document.js';
import type { Sql } from '#libs/persistence/database.js';

import type { LiveHub } from './live-hub.js';
import type { Settings } from './settings.js';
import type { WorkflowGateway } from './workflow-gateway.js';

/** What the back office works with; given from outside, so that tests give their own. */
export interface Backoffice {
  readonly settings: Settings;
  readonly sql: Sql;
  /** null without a key: nothing is paid through the provider. */
  readonly stripe: Stripe | null;
  readonly workflows: WorkflowGateway;
  readonly signInLimit: SignInLimit;
  readonly live: LiveHub;
  /** Who signs fiscal documents; null while no key is configured. */
  readonly signer: FiscalSigner | null;
  readonly now: () => Date;
  /** A webhook was stored. */
  readonly wakeForwarder: () => void;
  /** Where the built console lies; null serves no pages. */
  readonly consoleFolder: string | null;
}

/** Injection token of {@link Backoffice}. */
export const BACKOFFICE = Symbol('Backoffice');
