import { Tooltip } from '@mantine/core';

import { formatDistance, formatInstantExact } from '../format/dates.js';
import { useWords } from '../texts/language.js';
import { useNowMs } from './now.js';

/** How long ago something began, with the exact local time behind it. */
export function Since({ at, timeZone }: { readonly at: string; readonly timeZone?: string | undefined }) {
  const { language } = useWords();
  const nowMs = useNowMs();
  return (
    <Tooltip label={formatInstantExact(at, language, timeZone)}>
      <time dateTime={at}>{formatDistance(at, Math.max(nowMs, new Date(at).getTime()), language)}</time>
    </Tooltip>
  );
}

/** Nearer than this the clock alone does not say how soon. */
const SOON_MS = 24 * 3_600_000;

/** An instant ahead; within a day also how soon, and today by the clock alone. One that has just passed is now. */
export function When({ at, timeZone }: { readonly at: string; readonly timeZone?: string | undefined }) {
  const { t, language, instant, time, day } = useWords();
  const nowMs = useNowMs();
  const isToday = day(at, timeZone) === day(new Date(nowMs).toISOString(), timeZone);
  const aheadMs = new Date(at).getTime() - nowMs;
  const soon = aheadMs <= 0 ? t('app.now') : formatDistance(at, nowMs, language);
  return (
    <Tooltip label={formatInstantExact(at, language, timeZone)}>
      <time dateTime={at}>
        {aheadMs < SOON_MS
          ? `${isToday ? time(at, timeZone) : instant(at, timeZone)} (${soon})`
          : instant(at, timeZone)}
      </time>
    </Tooltip>
  );
}
