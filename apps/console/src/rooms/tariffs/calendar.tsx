import { SegmentedControl, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useParams } from 'react-router';

import type { CalendarDetail } from '#apps/backoffice/api-types.js';

import { calendarQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { formatMonth } from '../../format/dates.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { isTextKey, nameOf } from '../../texts/translate.js';
import { calendarName, ConfidenceBadge } from './calendar-list.js';
import { CalendarPicture } from './calendar-picture.js';

import classes from './tariffs.module.css';

/** A calendar as a picture: for each set of hours, season and day type a day of 24 hours in its bands. */
export function CalendarRoom() {
  const { calendarId = '' } = useParams();
  const { t } = useWords();
  const calendar = useQuery(calendarQuery(calendarId));
  const [wanted, setWanted] = useState<string | null>(null);
  if (calendar.data === undefined) {
    if (!calendar.isError) return <RowsLoading rows={4} height={110} />;
    return <ErrorNotice error={calendar.error} retry={() => void calendar.refetch()} />;
  }
  const { data } = calendar;
  const counts = data.bandCounts.map(String);
  const bands = wanted ?? counts.at(-1) ?? '1';
  return (
    <>
      <PageHeader
        up={{ to: paths.tariffsShowing('calendars'), label: t('tariffs.tab.calendars') }}
        title={calendarName(t, data)}
        badge={<ConfidenceBadge confidences={data.confidence} />}
        lead={`${data.id} · ${data.timeZone}`}
      >
        {counts.length > 1 && (
          <SegmentedControl
            aria-label={t('calendar.bands-of-contract')}
            data={counts.map((count) => ({ value: count, label: nameOf(t, 'bands', count) }))}
            value={bands}
            onChange={setWanted}
            size="xs"
            maw="100%"
            className={classes.counts ?? ''}
          />
        )}
      </PageHeader>
      <div className={classes.stack}>
        {data.sets.map((set) => (
          <Section key={set.id} title={setTitle(t, set.holds)}>
            <CalendarPicture set={set} bands={bands} />
          </Section>
        ))}
        <Section title={t('calendar.rules')}>
          <Rules calendar={data} />
        </Section>
      </div>
    </>
  );
}

type Holds = CalendarDetail['sets'][number]['holds'];
const setTitle = (t: ReturnType<typeof useWords>['t'], holds: Holds): string => t(`calendar.holds.${holds}`);

function Rules({ calendar }: { readonly calendar: CalendarDetail }) {
  const { t, language } = useWords();
  const { seasons, holidays, holidaysNote } = calendar;
  const months = seasons.summerMonths.map((month) => formatMonth(month, language));
  const country = `country.${holidays.country}`;
  return (
    <div className={classes.stack} data-tight>
      <Text size="sm">
        {seasons.rule === 'legal-time'
          ? t('calendar.seasons.legal-time')
          : t('calendar.seasons.months', { months: months.join(', ') })}
      </Text>
      <Text size="sm">
        {t(`calendar.holidays.${holidays.rule}`, { country: isTextKey(country) ? t(country) : holidays.country })}{' '}
        {holidays.municipal && t('calendar.holidays.municipal')}{' '}
        {holidays.onlyFixed && t('calendar.holidays.only-fixed')}
      </Text>
      <Text size="xs" c="dimmed" lang="en">
        {t('calendar.source-says', { words: holidaysNote })}
      </Text>
    </div>
  );
}
