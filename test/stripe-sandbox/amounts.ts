import { ApiError } from './api-error.js';
import type { MethodType } from './objects.js';
import type { World } from './world.js';

/** Stripe's least charge in EUR. */
const LEAST_CENTS = 50;

/** The most of one payment, in cents: docs.stripe.com/payments/mb-way and /multibanco; the debit's is the account's. */
function mostCents(world: World, type: MethodType): number {
  if (type === 'sepa_debit') return world.limits.debitCents;
  return { card: 99_999_999, mb_way: 500_000, multibanco: 9_999_900 }[type];
}

function euros(cents: number): string {
  return `€${(cents / 100).toLocaleString('en', { minimumFractionDigits: 2 })} eur`;
}

/** The types that can take such an amount; refused when there is none. */
export function typesFor(world: World, amountCents: number, types: readonly MethodType[]): MethodType[] {
  if (amountCents < LEAST_CENTS) {
    throw ApiError.invalid(`Amount must be at least ${euros(LEAST_CENTS)}`, {
      code: 'amount_too_small',
      param: 'amount',
    });
  }
  const possible = types.filter((type) => amountCents <= mostCents(world, type));
  if (possible.length > 0) return possible;
  const most = Math.max(0, ...types.map((type) => mostCents(world, type)));
  throw ApiError.invalid(`Amount must be no more than ${euros(most)}`, { code: 'amount_too_large', param: 'amount' });
}

/** The types that the account has, as far as the caller allows them. */
export function allowedOf<T extends MethodType>(
  offered: readonly T[],
  allowed: readonly string[] | undefined,
  excluded: readonly string[] = [],
): T[] {
  const types = offered.filter((type) => (allowed === undefined || allowed.includes(type)) && !excluded.includes(type));
  if (types.length > 0) return types;
  throw ApiError.invalid('No valid payment method types for this payment.', { param: 'allowed_payment_method_types' });
}
