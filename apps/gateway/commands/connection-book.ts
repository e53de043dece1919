import { closeConnections, openConnections, type Connection } from '#libs/commands/connections.js';
import type { Sql } from '#libs/persistence/database.js';

const FLUSH_MS = 20;
const RETRY_MS = 1_000;

/**
 * Writes down which sockets this process holds, gathered for a moment: thousands that come back at once are a few
 * statements. What cannot be written is kept for the next time; it never holds a message back.
 */
export class ConnectionBook {
  private opens = new Map<string, Connection>();
  private closes: Connection[] = [];
  private inWriting = new Set<string>();
  private isStopped = false;
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly db: Sql,
    private readonly gateway: string,
    private readonly onError: (error: unknown) => void,
  ) {}

  opened(connection: Connection): void {
    this.opens.set(connection.chargerId, connection);
    this.soon(FLUSH_MS);
  }

  closed(connection: Connection): void {
    if (this.opens.get(connection.chargerId)?.connectionId === connection.connectionId) {
      this.opens.delete(connection.chargerId);
    }
    this.closes.push(connection);
    this.soon(FLUSH_MS);
  }

  /** Whether the charger's newest socket here is not written down yet: then it may be newer than what others tell. */
  isPending(chargerId: string): boolean {
    return this.opens.has(chargerId) || this.inWriting.has(chargerId);
  }

  /** Resolves when everything so far is written, or failed and is kept. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  /** Writes no more later on: sockets that close after this are forgotten by who sees their charger silent. */
  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  private soon(delayMs: number): void {
    if (this.isStopped) return;
    this.timer ??= setTimeout(() => void this.flush(), delayMs);
  }

  private async write(): Promise<void> {
    const { opens, closes } = this;
    if (opens.size + closes.length === 0) return;
    this.opens = new Map();
    this.closes = [];
    this.inWriting = new Set(opens.keys());
    try {
      await openConnections(this.db, this.gateway, [...opens.values()]);
      await closeConnections(this.db, closes);
    } catch (error) {
      this.onError(error);
      this.opens = new Map([...opens, ...this.opens]);
      this.closes = [...closes, ...this.closes];
      this.soon(RETRY_MS);
    } finally {
      this.inWriting = new Set();
    }
  }
}
