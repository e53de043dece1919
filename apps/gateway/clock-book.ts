import { heard, isNews, NOTHING_HEARD, verdictOf, type ClockWatch } from '#libs/metering/clock/estimate-clock.js';
import { toldInstant } from '#libs/metering/clock/live-instant.js';
import { recordClocks, type ObservedClock } from '#libs/metering/clock/record-clock.js';
import type { IncomingMessage } from '#libs/metering/facts.js';
import type { Sql } from '#libs/persistence/database.js';

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
  private pending: ObservedClock[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Sql,
    private readonly options: {
      readonly intervalMs?: number;
      readonly onError: (error: unknown) => void;
      /** Told of each charger with a new entry. */
      readonly onRecorded?: (chargerId: string) => void;
    },
  ) {}

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
    this.pending.push({ chargerId, verdict });
    this.timer ??= setTimeout(() => void this.flush(), this.options.intervalMs ?? 1_000);
  }

  /** Writes what is pending; resolves when it is written or failed (then it is kept). */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private async write(): Promise<void> {
    const { pending } = this;
    if (pending.length === 0) return;
    this.pending = [];
    try {
      const recorded = await recordClocks(this.db, pending, new Date());
      for (const chargerId of recorded) this.options.onRecorded?.(chargerId);
    } catch (error) {
      this.options.onError(error);
      this.pending = [...pending, ...this.pending]; // what was written of it is no news
      this.timer ??= setTimeout(() => void this.flush(), 5_000);
    }
  }
}
