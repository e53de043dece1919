import { sql as raw } from 'kysely';

import { prepaidAvailableCents, prepaidBalanceCents } from '#libs/ledger/balances.js';

import { inOneSnapshot, type Sql } from '../../persistence/database.js';
import { prepaidHome } from './prepaid-home.js';
import { rulesAt, type PrepaidRules } from './settings.js';
import { unbilledOf, type MonthSoFar, type Unbilled, type UnpricedMonth } from './unbilled.js';

/** What a prepaid account comes to now; amounts in cents of `currency`. */
export interface PrepaidPosition {
  readonly customerId: string;
  readonly currency: string;
  readonly asOf: Date;
  /** What the books say was paid ahead and not used. */
  readonly balanceCents: number;
  /** Of it, what is on its way somewhere and may yet come back. */
  readonly reservedCents: number;
  /** Owed already: invoices that were issued and not yet taken from the balance, and top-ups that were taken back. */
  readonly owedCents: number;
  /** Consumed and not yet billed, VAT included: an estimate, see `months`. */
  readonly unbilledCents: number;
  readonly months: readonly MonthSoFar[];
  /** Months that cannot be priced now: then less is available than `availableCents` says. */
  readonly unpriced: readonly UnpricedMonth[];
  /** balance - reserved - owed - unbilled; below zero when more was consumed than was paid ahead. */
  readonly availableCents: number;
  readonly rules: PrepaidRules;
}

/** What is left of a prepaid account when all is counted that was consumed: for notices, top-ups and whoever stops a session. */
export async function prepaidPosition(sql: Sql, customerId: string, now: Date): Promise<PrepaidPosition> {
  return inOneSnapshot(sql, async (snapshot) => {
    const unbilled = await unbilledOf(snapshot, { customerId, now });
    return positionWith(snapshot, { customerId, now, unbilled });
  });
}

/** The same, where the consumption was priced before: what is in the books is read now, under the customer's lock. */
export async function positionWith(
  sql: Sql,
  { customerId, now, unbilled }: { readonly customerId: string; readonly now: Date; readonly unbilled: Unbilled },
): Promise<PrepaidPosition> {
  const { currency } = await prepaidHome(sql, customerId);
  const rules = await rulesAt(sql, customerId, now);
  const balanceCents = await prepaidBalanceCents(sql, customerId, currency);
  const reservedCents = balanceCents - (await prepaidAvailableCents(sql, customerId, currency));
  const owedCents = await owedBy(sql, customerId, currency);
  const { months, unpriced } = unbilled;
  const unbilledCents = months.reduce((sum, { grossCents }) => sum + grossCents, 0);
  const availableCents = balanceCents - reservedCents - owedCents - unbilledCents;
  const amounts = { balanceCents, reservedCents, owedCents, unbilledCents, availableCents };
  return { customerId, currency, asOf: now, ...amounts, months, unpriced, rules };
}

/** What is due on all the customer's invoices and beside them; what is overpaid on one does not pay another. */
async function owedBy(sql: Sql, customerId: string, currency: string): Promise<number> {
  const { rows } = await raw<{ cents: number }>`
    select coalesce(sum(greatest(due.cents, 0)), 0)::bigint as cents from (
      select sum(posting.amount_cents) as cents from posting
      join ledger_account account on account.id = posting.account_id
      join journal_entry entry on entry.id = posting.entry_id
      where account.customer_id = ${customerId} and account.kind = 'receivable' and account.currency = ${currency}
      group by entry.document_id
    ) due`.execute(sql);
  return rows[0]?.cents ?? 0;
}
