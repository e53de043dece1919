export interface RateLimit {
  /** What may come at once after a quiet time: a day's messages in one burst. */
  readonly burst: number;
  readonly perSecond: number;
}

/** A frame's worth; the rate a second is then what comes back a millisecond, and all figures are whole. */
const FRAME = 1_000;

/**
 * A token bucket for the frames of one charger. Nothing is refused: whoever has taken more than there was is told how long
 * to wait before the next is read. Pure: the clock (milliseconds that only grow) comes in; what is less than one is left out.
 */
export class FrameRate {
  /** In thousandths of a frame. */
  private left: number;
  private at: number;

  constructor(
    private readonly limit: RateLimit,
    nowMs: number,
  ) {
    this.left = limit.burst * FRAME;
    this.at = Math.floor(nowMs);
  }

  /** For how many milliseconds no frame may come until it is as one that is new. */
  fullInMs(nowMs: number): number {
    const missing = this.limit.burst * FRAME - this.left;
    return Math.max(0, Math.ceil(missing / this.limit.perSecond) - this.sinceMs(nowMs));
  }

  /** A frame came. @returns for how many milliseconds no more are to be read; 0 when the next may come at once */
  took(nowMs: number): number {
    const { burst, perSecond } = this.limit;
    const sinceMs = this.sinceMs(nowMs);
    this.left = Math.min(burst * FRAME, this.left + sinceMs * perSecond) - FRAME;
    this.at += sinceMs;
    return Math.max(0, Math.ceil(-this.left / perSecond));
  }

  private sinceMs(nowMs: number): number {
    return Math.max(0, Math.floor(nowMs) - this.at);
  }
}
