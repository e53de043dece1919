import type Stripe from 'stripe';

import type { Sql } from '../persistence/database.js';

/** What an operation needs that asks the provider. `sql` is the pool, not a transaction: nothing is asked inside one. */
export interface PaymentDeps {
  readonly sql: Sql;
  readonly stripe: Stripe;
}
