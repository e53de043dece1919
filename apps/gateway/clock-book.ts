import { heard, isNews, NOTHING_HEARD, verdictOf, type ClockWatch } from '#libs/metering/clock/estimate-clock.js';
import { toldInstant } from '#libs/metering/clock/live-instant.js';
import { recordClocks, type ObservedClock } from '#libs/metering/clock/record-clock.js';
import type { IncomingMessage } from '#libs/metering/facts.js';
import type { Sql } from '#libs/persistence/database.js';

import { GatheredWrites } from './gathered-writes.js';

interface Watched {
  watch: ClockWatch;
  /** What was last given to the records; null: nothing since this process began. */
  toldMs: number | null;
}

/**
 * Learns how chargers' clocks go from what they tell at once, in memory: a few instants for each charger that tells any.
 * The database is asked only when a verdict is new to this process; the records decide whether it is news.
 */
export class ClockBook {
  private readonly chargers = new Map<string, Watched>();
  private readonly verdicts: GatheredWrites<ObservedClock>;

  constructor(
    db: Sql,
    options: {
      readonly intervalMs?: number;
      readonly onError: (error: unknown) => void;
      /** Told of each charger with a new entry. */
      readonly onRecorded?: (chargerId: string) => void;
    },
  ) {
    const { intervalMs, onError, onRecorded } = options;
    this.verdicts = new GatheredWrites({
      intervalMs,
      onError,
      write: async (observed) => {
        // What was written of it before is no news.
        for (const chargerId of await recordClocks(db, observed, new Date())) onRecorded?.(chargerId);
      },
    });
  }

  /** A message was recorded for the first time. */
  heard(incoming: IncomingMessage): void {
    const told = toldInstant(incoming);
    if (told === null) return;
    const { chargerId } = incoming;
    const known = this.chargers.get(chargerId) ?? { watch: NOTHING_HEARD, toldMs: null };
    this.chargers.set(chargerId, known);
    known.watch = heard(known.watch, told);
    const verdict = verdictOf(known.watch);
    if (verdict === null || (known.toldMs !== null && !isNews(verdict, known.toldMs))) return;
    known.toldMs = verdict.offsetMs;
    this.verdicts.add({ chargerId, verdict });
  }

  /** Writes what is pending; resolves when it is written or failed (then it is kept). */
  flush(): Promise<void> {
    return this.verdicts.flush();
  }
}
