const INTERVAL_MS = 1_000;
const RETRY_MS = 5_000;

export interface GatheredWritesOptions<T> {
  /** Writes all of it; what it rejects with leaves the items for the next time. */
  write(items: readonly T[]): Promise<void>;
  onError(error: unknown): void;
  /** How long is gathered before it is written; 1 s when not given. */
  readonly intervalMs?: number | undefined;
  /** Items that wait at most; beyond, the oldest are given up: they must never hold a charger back. All when not given. */
  readonly mostWaiting?: number;
}

/** What comes with messages and need not be written with them: gathered for a moment, written together, kept when it fails. */
export class GatheredWrites<T> {
  private waiting: T[] = [];
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(private readonly options: GatheredWritesOptions<T>) {}

  add(item: T): void {
    const { mostWaiting = Infinity, intervalMs = INTERVAL_MS } = this.options;
    this.waiting.push(item);
    if (this.waiting.length > mostWaiting) this.waiting.shift();
    this.soon(intervalMs);
  }

  /** Writes what waits; resolves when it is written or failed (then it is kept). */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private soon(delayMs: number): void {
    this.timer ??= setTimeout(() => void this.flush(), delayMs);
  }

  private async write(): Promise<void> {
    const { waiting } = this;
    if (waiting.length === 0) return;
    this.waiting = [];
    try {
      await this.options.write(waiting);
    } catch (error) {
      this.options.onError(error);
      const { mostWaiting = Infinity } = this.options;
      this.waiting = [...waiting, ...this.waiting].slice(-mostWaiting);
      this.soon(RETRY_MS);
    }
  }
}
