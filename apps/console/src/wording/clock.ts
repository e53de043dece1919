import type { ClockEntry } from '#apps/backoffice/api-types.js';

import type { Translate } from '../texts/translate.js';

/** How far a clock was off, in words. */
export function clockText(t: Translate, { kind, offsetS }: Pick<ClockEntry, 'kind' | 'offsetS'>): string {
  if (kind === 'withdrawn' || offsetS === null) return t('clock.withdrawn');
  if (offsetS === 0) return t('clock.right');
  return t(offsetS > 0 ? 'clock.off.ahead' : 'clock.off.behind', { duration: durationText(Math.abs(offsetS)) });
}

const DAY_S = 24 * 3_600;

/** Days where it is long, else hours, minutes and seconds that are not zero. */
function durationText(seconds: number): string {
  if (seconds >= 2 * DAY_S) return `${Math.round(seconds / DAY_S)} d`;
  const parts = [
    [Math.floor(seconds / 3_600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  return parts.flatMap(([figure, unit]) => (figure === 0 ? [] : [`${figure} ${unit}`])).join(' ');
}
