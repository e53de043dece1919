import type { Prepaid } from '#apps/backoffice/api-types.js';

export type PrepaidPart = 'available' | 'unbilled' | 'owed' | 'reserved';

/** The parts of a balance as a bar shows them; none is below zero, and what is nothing is left out. */
export function prepaidParts(
  prepaid: Pick<Prepaid, 'availableCents' | 'unbilledCents' | 'owedCents' | 'reservedCents'>,
): { readonly part: PrepaidPart; readonly cents: number }[] {
  const parts = [
    { part: 'owed', cents: prepaid.owedCents },
    { part: 'unbilled', cents: prepaid.unbilledCents },
    { part: 'reserved', cents: prepaid.reservedCents },
    { part: 'available', cents: prepaid.availableCents },
  ] as const;
  return parts.filter(({ cents }) => cents > 0);
}
