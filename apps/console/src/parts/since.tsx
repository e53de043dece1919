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

/** An instant ahead, or one that has just passed. */
export function When({ at, timeZone }: { readonly at: string; readonly timeZone?: string | undefined }) {
  const { language, instant } = useWords();
  const nowMs = useNowMs();
  return (
    <Tooltip label={formatDistance(at, nowMs, language)}>
      <time dateTime={at}>{instant(at, timeZone)}</time>
    </Tooltip>
  );
}
