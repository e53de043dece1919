import { performance } from 'node:perf_hooks';

import type { FrameRate } from './frame-rate.js';
import { hold, type RpcServerClient } from './rpc.js';

/**
 * When a socket is read no further, for either reason: too many of its calls wait, or its frames come too fast. The peer
 * then waits in its own sending; nothing is lost and nothing closed.
 */
export class BackPressure {
  private isFull = false;
  private timer: NodeJS.Timeout | undefined;
  private isClosed = false;

  constructor(
    private readonly client: RpcServerClient,
    /** The charger's, whichever socket it has. */
    private readonly rate: () => FrameRate,
    private readonly onSlowed: () => void,
  ) {}

  /** A frame came in. */
  frame(): void {
    const waitMs = this.rate().took(performance.now());
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
