import type { Logger } from 'pino';

/** What the forwarder works with; main.ts gives libs/payments, tests give fakes. */
export interface ForwarderSteps {
  /** Ids of stored events that nobody has acted upon, oldest first, but for those that must wait. */
  unhandled(except: readonly string[]): Promise<readonly string[]>;
  /** Acts upon one; may throw, for example while Temporal is away. */
  handle(eventId: string): Promise<unknown>;
}

export interface ForwarderPace {
  readonly pollMs: number;
  readonly firstBackOffMs: number;
  readonly longestBackOffMs: number;
  readonly atOnce: number;
}

const PACE: ForwarderPace = { pollMs: 1_000, firstBackOffMs: 1_000, longestBackOffMs: 60_000, atOnce: 4 };

/**
 * Acts upon every stored webhook, however long that takes: polls the table, is woken by a new one, and tries a failed
 * one again after a growing pause while the others go on.
 */
export class WebhookForwarder {
  readonly #steps: ForwarderSteps;
  readonly #log: Logger;
  readonly #pace: ForwarderPace;
  readonly #now: () => Date;
  readonly #failed = new Map<string, { times: number; againAtMs: number }>();
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | undefined;
  #isWoken = false;
  #isClosed = false;

  constructor(steps: ForwarderSteps, log: Logger, now: () => Date = () => new Date(), pace: ForwarderPace = PACE) {
    this.#steps = steps;
    this.#log = log;
    this.#now = now;
    this.#pace = pace;
  }

  /** Something was stored: look now. */
  wake(): void {
    if (this.#isClosed) return;
    this.#isWoken = true;
    this.#round ??= this.#rounds();
  }

  /** Waits for what is under way; what is left stays stored. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #rounds(): Promise<void> {
    clearTimeout(this.#timer);
    while (this.#isWoken && !this.#isClosed) {
      this.#isWoken = false;
      await this.#once().catch((error: unknown) => this.#log.warn({ err: error }, 'stored webhooks could not be read'));
    }
    this.#round = undefined;
    if (!this.#isClosed) this.#timer = setTimeout(() => this.wake(), this.#pace.pollMs);
  }

  async #once(): Promise<void> {
    const nowMs = this.#now().getTime();
    const waiting = new Set([...this.#failed].filter(([, { againAtMs }]) => againAtMs > nowMs).map(([id]) => id));
    const stored = await this.#steps.unhandled([...waiting]);
    const known = new Set(stored);
    for (const eventId of this.#failed.keys()) {
      if (!known.has(eventId) && !waiting.has(eventId)) this.#failed.delete(eventId);
    }
    const queue = stored.values();
    const work = async (): Promise<void> => {
      for (const eventId of queue) {
        if (this.#isClosed) return;
        await this.#handle(eventId);
      }
    };
    await Promise.all(Array.from({ length: this.#pace.atOnce }, work));
  }

  async #handle(eventId: string): Promise<void> {
    try {
      await this.#steps.handle(eventId);
      this.#failed.delete(eventId);
    } catch (error) {
      const times = (this.#failed.get(eventId)?.times ?? 0) + 1;
      const pauseMs = Math.min(this.#pace.firstBackOffMs * 2 ** (times - 1), this.#pace.longestBackOffMs);
      this.#failed.set(eventId, { times, againAtMs: this.#now().getTime() + pauseMs });
      this.#log.warn({ err: error, eventId, times, pauseMs }, 'a webhook could not be acted upon; it stays stored');
    }
  }
}
