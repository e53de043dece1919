import type { Prepaid, PrepaidSession } from '#apps/backoffice/api-types.js';

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

export type PrepaidSessionState = 'running' | 'warned' | 'stopping' | 'stopped' | 'not-stopped';

/** How a session stands, as its sentence says; null: nothing is to be said any more. */
export function prepaidSessionState({
  stop,
  stoppedAt,
  warnedAt,
}: Pick<PrepaidSession, 'stop' | 'stoppedAt' | 'warnedAt'>): PrepaidSessionState | null {
  if (stop?.outcome === 'stopped') return 'stopped';
  if (stoppedAt !== null) return null;
  if (stop?.outcome === 'given-up') return 'not-stopped';
  if (stop?.outcome === null) return 'stopping';
  return warnedAt === null || stop?.outcome === 'cancelled' ? 'running' : 'warned';
}
