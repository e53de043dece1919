import type { Sql } from '#libs/persistence/database.js';

/** An entry of a charger's clock as people see it. */
export interface ShownClockEntry {
  readonly id: number;
  readonly source: 'observed' | 'staff';
  readonly kind: 'right' | 'zone' | 'wrong' | 'withdrawn';
  readonly offsetS: number | null;
  readonly driftMs: number;
  readonly from: Date;
  readonly until: Date | null;
  readonly evidence: readonly { readonly toldAt: Date; readonly arrivedAt: Date }[];
  readonly reason: string | null;
  readonly by: string | null;
  readonly at: Date;
}

/** So many entries are shown; a clock that is lost at every boot makes one each time. */
const SHOWN = 100;

/** Newest first. */
export async function clockEntries(sql: Sql, chargerId: string): Promise<ShownClockEntry[]> {
  const rows = await sql
    .selectFrom('charger_clock')
    .selectAll()
    .where('charger_id', '=', chargerId)
    .orderBy('id', 'desc')
    .limit(SHOWN)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    source: row.source === 'staff' ? 'staff' : 'observed',
    kind: row.kind as ShownClockEntry['kind'],
    offsetS: row.offset_ms === null ? null : row.offset_ms / 1_000,
    driftMs: row.drift_ms,
    from: row.from_at,
    until: row.until_at,
    evidence: row.evidence.map(({ toldMs, arrivedMs }) => ({
      toldAt: new Date(toldMs),
      arrivedAt: new Date(arrivedMs),
    })),
    reason: row.reason,
    by: row.by,
    at: row.at,
  }));
}
