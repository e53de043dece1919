import { UnstyledButton } from '@mantine/core';
import { useEffect, useRef } from 'react';

import type { TariffDetail, TariffSpan } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { changesText } from '../../wording/tariff.js';

import classes from './tariffs.module.css';

interface TariffTimelineProps {
  readonly tariff: TariffDetail;
  /** First day of the span that is shown below. */
  readonly open: string;
  readonly choose: (from: string) => void;
}

/** The spans of the plans in their order; the one of today is marked, the one that is shown is pressed. */
export function TariffTimeline({ tariff, open, choose }: TariffTimelineProps) {
  const { t } = useWords();
  const list = useRef<HTMLOListElement>(null);
  // Where there is no room for all, the span that is shown is in sight.
  useEffect(() => {
    const shown = list.current?.querySelector(`[data-from='${open}']`);
    if (list.current !== null && shown instanceof HTMLElement)
      list.current.scrollLeft = shown.offsetLeft - list.current.offsetLeft - 24;
  }, [open]);
  return (
    <ol ref={list} className={classes.timeline} aria-label={t('tariff.timeline')} data-testid="tariff-timeline">
      {tariff.spans.map((span) => (
        <li
          key={span.from}
          data-from={span.from}
          data-today={span.isToday}
          data-past={span.to !== null && span.to < tariff.today}
        >
          <UnstyledButton
            className={classes.span ?? ''}
            aria-pressed={span.from === open}
            onClick={() => choose(span.from)}
          >
            <SpanWords span={span} />
          </UnstyledButton>
        </li>
      ))}
    </ol>
  );
}

function SpanWords({ span }: { readonly span: TariffSpan }) {
  const { t, day } = useWords();
  return (
    <>
      <span className={classes.spanDates}>
        {span.to === null
          ? t('tariff.since', { from: day(span.from) })
          : t('tariff.between', { from: day(span.from), to: day(span.to) })}
      </span>
      <span className={classes.spanName}>{span.plan.name}</span>
      <span className={classes.spanNote}>
        {span.isToday && <strong>{t('tariff.today')}</strong>}
        {span.changes.length > 0 && <span>{t('tariff.changed', { what: changesText(t, span.changes) })}</span>}
      </span>
    </>
  );
}
