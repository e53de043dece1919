import { z } from 'zod';

import { cents, count, currency } from './api-values.js';

/** For each kind of account: debit positive, credit negative; what is pending has moved nothing yet. */
export const kindBalanceSchema = z.object({
  kind: z.string(),
  currency,
  accounts: count,
  postedCents: cents,
  pendingCents: cents,
});
export const ledgerOverviewSchema = z.object({ kinds: z.array(kindBalanceSchema) });

/** What a look through all of the books found: a code, what it is about, and the figures. */
export const ledgerCheckSchema = z.object({
  balanced: z.boolean(),
  problemCount: count,
  /** The first hundred. */
  problems: z.array(z.object({ code: z.string(), subject: z.string(), detail: z.string() })),
});

export type KindBalance = z.infer<typeof kindBalanceSchema>;
export type LedgerOverview = z.infer<typeof ledgerOverviewSchema>;
export type LedgerCheck = z.infer<typeof ledgerCheckSchema>;
