import { performance } from 'node:perf_hooks';

import { FrameRate, type RateLimit } from './frame-rate.js';

/** The rates of chargers by their ids. They outlive the sockets: whoever comes back at once has not waited. */
export class FrameRates {
  private readonly rates = new Map<string, FrameRate>();

  constructor(
    private readonly limit: RateLimit,
    /** Whether the charger has a socket. */
    private readonly isThere: (chargerId: string) => boolean,
  ) {}

  get size(): number {
    return this.rates.size;
  }

  /** The charger's, made with its first frame: thousands of idle chargers come back in a moment. */
  of(chargerId: string): FrameRate {
    let rate = this.rates.get(chargerId);
    if (rate === undefined) this.rates.set(chargerId, (rate = new FrameRate(this.limit, performance.now())));
    return rate;
  }

  /** A socket of the charger has closed. A rate that has filled up again is as good as a new one, and forgotten. */
  left(chargerId: string): void {
    const rate = this.rates.get(chargerId);
    if (rate === undefined || this.isThere(chargerId)) return;
    const waitMs = rate.fullInMs(performance.now());
    if (waitMs === 0) this.rates.delete(chargerId);
    else setTimeout(() => this.left(chargerId), waitMs).unref();
  }
}
