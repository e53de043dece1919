/** At most so many requests a second and endpoint; 0 is no limit. */
export class RateLimit {
  private readonly recent = new Map<string, number[]>();

  constructor(public perSecond: number) {}

  admits(endpoint: string, nowMs: number): boolean {
    if (this.perSecond === 0) return true;
    const times = (this.recent.get(endpoint) ?? []).filter((time) => time > nowMs - 1000);
    const admitted = times.length < this.perSecond;
    if (admitted) times.push(nowMs);
    this.recent.set(endpoint, times);
    return admitted;
  }
}
