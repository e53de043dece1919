/** A time in which nobody is chased, half-open; `until` null while it lasts. */
export interface Standstill {
  readonly because: 'complaint' | 'plan';
  readonly from: Date;
  readonly until: Date | null;
  /** While it lasts: when to look again at the latest (an instalment's last day); null when only people end it. */
  readonly lookAgainAt: Date | null;
}

/** The one that lasts, a complaint before a plan: then nothing is entered. */
export function lastingStandstill(standstills: readonly Standstill[]): Standstill | null {
  const lasting = standstills.filter(({ until }) => until === null);
  return lasting.find(({ because }) => because === 'complaint') ?? lasting[0] ?? null;
}

/**
 * When what was to follow `from` at `at` follows instead: later by every standstill between the two that is over, so
 * that a chase goes on where it stood. Two at once count once.
 */
export function postponed(from: Date, at: Date, standstills: readonly Standstill[]): Date {
  let end = at.getTime();
  let counted = from.getTime();
  for (const { from: begin, until } of [...standstills].sort((a, b) => a.from.getTime() - b.from.getTime())) {
    if (until === null || begin.getTime() >= end) continue;
    const start = Math.max(begin.getTime(), counted);
    if (until.getTime() <= start) continue;
    end += until.getTime() - start;
    counted = until.getTime();
  }
  return new Date(end);
}
