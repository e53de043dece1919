import { sql } from 'kysely';

import type { RefusalReason } from '#libs/ocpp/handshake.js';
import type { Sql } from '#libs/persistence/database.js';

/** Different names a stranger may leave in the table per day and process; the rest are counted under `*`. */
const MAX_IDENTITIES = 1_000;
const FLUSH_MS = 300;

/** Counts refused connections per identity, reason and day, gathered before they are written: knocking is cheap, writing is not. */
export class StrangerBook {
  private counts = new Map<string, { identity: string; reason: RefusalReason; day: string; times: number; at: Date }>();
  private identities = new Set<string>();
  private identitiesDay = '';
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly db: Sql,
    private readonly onError: (error: unknown) => void,
  ) {}

  refused(identity: string, reason: RefusalReason, at: Date): void {
    const day = at.toISOString().slice(0, 10);
    const name = this.nameOf(identity, day);
    const key = JSON.stringify([name, reason, day]);
    const times = (this.counts.get(key)?.times ?? 0) + 1;
    this.counts.set(key, { identity: name, reason, day, times, at });
    this.timer ??= setTimeout(() => void this.flush(), FLUSH_MS);
  }

  /** Writes what was counted; keeps nothing back when the database is away (the metrics still have it). */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const rows = [...this.counts.values()];
    this.counts = new Map();
    if (rows.length === 0) return;
    try {
      await sql`
        insert into connection_refusal as c (charge_point_id, reason, day, times, last_at)
        select identity, reason, day, times, at
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
          as r(identity text, reason text, day date, times int, at timestamptz)
        on conflict (charge_point_id, reason, day) do update
          set times = c.times + excluded.times, last_at = excluded.last_at`.execute(this.db);
    } catch (error) {
      this.onError(error);
    }
  }

  private nameOf(identity: string, day: string): string {
    if (this.identitiesDay !== day) {
      this.identities = new Set();
      this.identitiesDay = day;
    }
    if (identity === '') return '*';
    if (!this.identities.has(identity) && this.identities.size >= MAX_IDENTITIES) return '*';
    this.identities.add(identity);
    return identity;
  }
}
