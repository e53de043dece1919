import pg from 'pg';
import type { Logger } from 'pino';

import { endWhenSilent, endWithin } from './silent-server.js';

const FIRST_RETRY_MS = 200;
const LONGEST_RETRY_MS = 10_000;
const GOODBYE_MS = 1_000;
/** Who only listens never learns that the other side is gone: it asks now and then. */
const PACE = { askEveryMs: 30_000, silenceMs: 10_000 };

export interface Listening {
  readonly onMessage: (text: string) => void;
  /** The connection was gone for a while: whoever listens may have missed something. */
  readonly onGap: () => void;
}

/** One connection of this process that LISTENs on a channel, and connects again when it is lost. */
export class NoticeListener {
  readonly #url: string;
  readonly #channel: string;
  readonly #listening: Listening;
  readonly #log: Logger;
  readonly #pace: typeof PACE;
  #client: pg.Client | undefined;
  #retry: NodeJS.Timeout | undefined;
  #asking: NodeJS.Timeout | undefined;
  #failures = 0;
  #closed = false;

  constructor(url: string, channel: string, listening: Listening, log: Logger, pace = PACE) {
    this.#url = url;
    this.#channel = channel;
    this.#listening = listening;
    this.#log = log;
    this.#pace = pace;
  }

  /** Resolves when the first attempt has ended, well or not; later ones go on by themselves. */
  async start(): Promise<void> {
    if (this.#closed) return;
    const client = new pg.Client({ connectionString: this.#url, connectionTimeoutMillis: this.#pace.silenceMs });
    this.#client = client;
    client.on('error', () => this.#lost(client));
    client.on('end', () => this.#lost(client));
    client.on('notification', ({ payload }) => this.#listening.onMessage(payload ?? ''));
    try {
      await client.connect();
      endWhenSilent(client, this.#pace.silenceMs);
      await client.query(`listen ${pg.escapeIdentifier(this.#channel)}`);
      if (this.#failures > 0) this.#listening.onGap();
      this.#failures = 0;
      this.#asking = setInterval(() => void client.query('select 1').catch(() => undefined), this.#pace.askEveryMs);
    } catch {
      this.#lost(client);
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    clearInterval(this.#asking);
    const client = this.#client;
    this.#client = undefined;
    if (client !== undefined) await endWithin(client, GOODBYE_MS);
  }

  #lost(client: pg.Client): void {
    if (this.#closed || this.#client !== client) return;
    clearInterval(this.#asking);
    this.#client = undefined;
    void endWithin(client, GOODBYE_MS);
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** this.#failures, LONGEST_RETRY_MS);
    this.#failures += 1;
    this.#log.warn({ channel: this.#channel, delayMs }, 'lost the connection that listens; connecting again');
    this.#retry = setTimeout(() => void this.start(), delayMs);
  }
}
