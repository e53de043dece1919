import { performance } from 'node:perf_hooks';

import { FrameRate, type RateLimit } from './frame-rate.js';
import { hold, type RpcServerClient } from './rpc.js';

/**
 * When a socket is read no further, for either reason: too many of its calls wait, or its frames come too fast. The peer
 * then waits in its own sending; nothing is lost and nothing closed.
 */
export class BackPressure {
  private isFull = false;
  private timer: NodeJS.Timeout | undefined;
  private rate: FrameRate | undefined;
  private isClosed = false;

  constructor(
    private readonly client: RpcServerClient,
    private readonly limit: RateLimit,
    private readonly onSlowed: () => void,
  ) {}

  /** A frame came in. */
  frame(): void {
    const now = performance.now();
    this.rate ??= new FrameRate(this.limit, now);
    const waitMs = this.rate.took(now);
    if (waitMs === 0 || this.isClosed) return;
    if (this.timer === undefined) this.onSlowed();
    clearTimeout(this.timer); // what had arrived by then makes the wait longer
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.apply();
    }, waitMs);
    this.apply();
  }

  /** Whether as many of its calls wait as may. */
  full(isFull: boolean): void {
    if (this.isFull === isFull) return;
    this.isFull = isFull;
    this.apply();
  }

  /** The socket has closed. */
  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
    this.timer = undefined;
  }

  private apply(): void {
    hold(this.client, this.isFull || this.timer !== undefined);
  }
}
