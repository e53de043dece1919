import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

export interface OverruleClock {
  readonly chargerId: string;
  /** How far the clock was ahead, whole seconds; 0: it was right; null: what was observed holds again. */
  readonly offsetS: number | null;
  /** Of the times that the charger gave in [from, until); until null: and goes on. */
  readonly from: Date;
  readonly until: Date | null;
  readonly reason: string;
  readonly by: string;
}

export type ClockRefusal =
  | { readonly code: 'CLOCK.NO_CHARGER' }
  | { readonly code: 'CLOCK.NO_REASON' }
  | { readonly code: 'CLOCK.EMPTY_SPAN' }
  | { readonly code: 'CLOCK.OFFSET_OUT_OF_RANGE' };

/** A clock that lost its date is behind by half a century and more. */
const FURTHEST_S = 100 * 366 * 24 * 3600;

/**
 * What staff know of a charger's clock holds before what was observed, for the times they name. Added, never changed; the
 * last word decides. A month that is rated already changes only when it is rated again; one that is billed has a
 * difference from then on.
 */
export async function overruleClock(
  sql: Sql,
  { chargerId, offsetS, from, until, reason, by }: OverruleClock,
): Promise<{ readonly ok: { readonly id: number } } | { readonly refused: ClockRefusal }> {
  if (reason.trim() === '') return { refused: { code: 'CLOCK.NO_REASON' } };
  if (until !== null && until <= from) return { refused: { code: 'CLOCK.EMPTY_SPAN' } };
  if (Math.abs(offsetS ?? 0) > FURTHEST_S) return { refused: { code: 'CLOCK.OFFSET_OUT_OF_RANGE' } };
  const charger = await sql.selectFrom('charger').select('id').where('id', '=', chargerId).executeTakeFirst();
  if (charger === undefined) return { refused: { code: 'CLOCK.NO_CHARGER' } };
  const row = await sql
    .insertInto('charger_clock')
    .values({
      charger_id: chargerId,
      source: 'staff',
      kind: offsetS === null ? 'withdrawn' : offsetS === 0 ? 'right' : 'wrong',
      offset_ms: offsetS === null ? null : offsetS * 1_000,
      from_at: from,
      until_at: until,
      after_reading_id: 0,
      effective_from: from,
      evidence: raw`'[]'::jsonb`,
      reason: reason.trim(),
      by,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return { ok: { id: row.id } };
}
