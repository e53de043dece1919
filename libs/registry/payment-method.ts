import type { Sql } from '#libs/persistence/database.js';

export const PAYMENT_METHODS = ['direct-debit', 'prepaid', 'transfer'] as const;
export type PaymentMethod = (typeof PAYMENT_METHODS)[number];

/** A change as it is needed to say what holds in a month. */
export interface MethodChange {
  /** yyyy-mm */
  readonly fromPeriod: string;
  readonly method: string;
  readonly formerMethod: string;
}

/**
 * How a month is paid: by the latest change whose first month is not after it; before the first change as the customer
 * paid until then; without any change as the register says. `changes` in the order they were ordered.
 */
export function methodIn(period: string, changes: readonly MethodChange[], registered: string): string {
  const [first] = changes;
  let holds: MethodChange | null = null;
  for (const change of changes) {
    if (change.fromPeriod > period) continue;
    if (holds === null || change.fromPeriod >= holds.fromPeriod) holds = change;
  }
  return holds?.method ?? first?.formerMethod ?? registered;
}

/** How a customer pays the month (yyyy-mm): an invoice keeps the method of its month, whenever it is issued. */
export async function methodFor(sql: Sql, customerId: string, period: string): Promise<string> {
  const { payment_method: registered } = await sql
    .selectFrom('customer')
    .select('payment_method')
    .where('id', '=', customerId)
    .executeTakeFirstOrThrow(() => new Error(`There is no customer ${customerId}`));
  return methodIn(period, await methodChanges(sql, customerId), registered);
}

/** The changes of a customer in the order they were ordered. */
export async function methodChanges(sql: Sql, customerId: string): Promise<MethodChange[]> {
  return sql
    .selectFrom('payment_method_change')
    .select(['from_period as fromPeriod', 'method', 'former_method as formerMethod'])
    .where('customer_id', '=', customerId)
    .orderBy('id')
    .execute();
}
