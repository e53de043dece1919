import data from './one-off-methods.json' with { type: 'json' };

export const ONE_OFF_METHODS = ['card', 'mb_way', 'multibanco'] as const;
export type OneOffMethod = (typeof ONE_OFF_METHODS)[number];

export interface MethodLimits {
  readonly method: OneOffMethod;
  readonly leastCents: number;
  readonly mostCents: number;
  /** So many days after the payment it can be given back on itself. */
  readonly refundableDays: number;
}

export const METHOD_LIMITS = data.methods as readonly MethodLimits[];

/** A SEPA debit can be given back for so many days. */
export const DEBIT_REFUNDABLE_DAYS = data.debit.refundableDays;

/** The methods that take such an amount in cents: the one that was asked for, or all. None: it is too small or too large. */
export function methodsFor(amountCents: number, asked: OneOffMethod | null): readonly OneOffMethod[] {
  return METHOD_LIMITS.filter(
    ({ method, leastCents, mostCents }) =>
      (asked === null || method === asked) && amountCents >= leastCents && amountCents <= mostCents,
  ).map(({ method }) => method);
}
