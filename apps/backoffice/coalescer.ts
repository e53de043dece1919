/** What the coalescer needs of a clock; tests give their own. */
export interface Timers {
  set(run: () => void, delayMs: number): unknown;
  clear(timer: unknown): void;
}

const REAL_TIMERS: Timers = {
  set: (run, delayMs) => setTimeout(run, delayMs),
  clear: (timer) => clearTimeout(timer as NodeJS.Timeout),
};

/**
 * At most one emission per key and interval: the first at once, what comes within the interval as one more at its end.
 * Nothing that was pushed stays unsaid.
 */
export class Coalescer<T> {
  readonly #intervalMs: number;
  readonly #emit: (value: T) => void;
  readonly #timers: Timers;
  readonly #pending = new Map<string, { timer: unknown; latest: T | undefined }>();

  constructor(intervalMs: number, emit: (value: T) => void, timers: Timers = REAL_TIMERS) {
    this.#intervalMs = intervalMs;
    this.#emit = emit;
    this.#timers = timers;
  }

  push(key: string, value: T): void {
    const waiting = this.#pending.get(key);
    if (waiting !== undefined) {
      waiting.latest = value;
      return;
    }
    this.#emit(value);
    this.#rest(key);
  }

  close(): void {
    for (const { timer } of this.#pending.values()) this.#timers.clear(timer);
    this.#pending.clear();
  }

  #rest(key: string): void {
    const timer = this.#timers.set(() => {
      const latest = this.#pending.get(key)?.latest;
      this.#pending.delete(key);
      if (latest === undefined) return;
      this.#emit(latest);
      this.#rest(key);
    }, this.#intervalMs);
    this.#pending.set(key, { timer, latest: undefined });
  }
}
