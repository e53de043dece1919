export interface RateLimit {
  /** What may come at once after a quiet time: a day's messages in one burst. */
  readonly burst: number;
  readonly perSecond: number;
}

/**
 * A token bucket for the frames of one charger. Nothing is refused: whoever has taken more than there was is told how long
 * to wait before the next is read. Pure: the clock (milliseconds that only grow) comes in.
 */
export class FrameRate {
  private tokens: number;
  private at: number;

  constructor(
    private readonly limit: RateLimit,
    nowMs: number,
  ) {
    this.tokens = limit.burst;
    this.at = nowMs;
  }

  /** For how many milliseconds no frame may come until it is as one that is new. */
  fullInMs(nowMs: number): number {
    const missing = this.limit.burst - this.tokens;
    return Math.ceil(Math.max(0, (missing / this.limit.perSecond) * 1_000 - Math.max(0, nowMs - this.at)));
  }

  /** A frame came. @returns for how many milliseconds no more are to be read; 0 when the next may come at once */
  took(nowMs: number): number {
    const { burst, perSecond } = this.limit;
    const gained = (Math.max(0, nowMs - this.at) / 1_000) * perSecond;
    this.tokens = Math.min(burst, this.tokens + gained) - 1;
    this.at = Math.max(this.at, nowMs);
    return this.tokens >= 0 ? 0 : Math.ceil((-this.tokens / perSecond) * 1_000);
  }
}
