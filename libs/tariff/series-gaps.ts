/** Time for which a series has no value, half-open. */
export interface SeriesGap {
  readonly from: Date;
  readonly until: Date;
  /** How many values are missing. */
  readonly missing: number;
}

/** The gaps of [fromMs, untilMs) between values that begin at `starts` (ascending) and hold for `stepMs` each. */
export function gapsBetween(starts: readonly number[], fromMs: number, untilMs: number, stepMs: number): SeriesGap[] {
  const gaps: SeriesGap[] = [];
  let at = Math.floor(fromMs / stepMs) * stepMs;
  const gapUntil = (until: number) => {
    if (until <= at) return;
    gaps.push({ from: new Date(at), until: new Date(until), missing: (until - at) / stepMs });
  };
  for (const start of starts) {
    if (start < at) continue;
    if (start >= untilMs) break;
    gapUntil(start);
    at = start + stepMs;
  }
  gapUntil(Math.ceil(untilMs / stepMs) * stepMs);
  return gaps;
}
