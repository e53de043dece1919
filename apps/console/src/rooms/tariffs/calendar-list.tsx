import { Anchor, Badge, Card, Text, Tooltip } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';

import type { Calendar } from '#apps/backoffice/api-types.js';

import { calendarsQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { textOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';
import { leastConfidence } from '../../wording/tariff.js';

/** Every calendar of bands there is, and how sure its hours are. */
export function CalendarList() {
  const words = useWords();
  const { t } = words;
  const calendars = useQuery(calendarsQuery);
  const columns = useMemo(() => columnsOf(words), [words]);
  if (calendars.data === undefined) {
    if (!calendars.isError) return <RowsLoading rows={8} />;
    return <ErrorNotice error={calendars.error} retry={() => void calendars.refetch()} />;
  }
  return (
    <Card>
      <DataTable
        label={t('tariffs.tab.calendars')}
        rows={calendars.data}
        columns={columns}
        rowKey={({ id }) => id}
        testId="calendars"
      />
    </Card>
  );
}

const CONFIDENCE_COLOURS = { high: 'mar', 'medium-high': 'mar', medium: 'gray', low: 'orange' } as const;

export function ConfidenceBadge({ confidences }: { readonly confidences: readonly string[] }) {
  const { t } = useWords();
  const least = leastConfidence(confidences);
  return (
    <Tooltip label={confidences.join(' · ')} events={{ hover: true, focus: true, touch: true }}>
      <Badge color={CONFIDENCE_COLOURS[least]} tabIndex={0}>
        {t(`calendar.confidence.${least}`)}
      </Badge>
    </Tooltip>
  );
}

export const calendarName = (t: Words['t'], calendar: Pick<Calendar, 'id' | 'name'>): string =>
  textOf(t, 'calendar.name', calendar.id) ?? calendar.name;

function columnsOf({ t }: Words): Column<Calendar>[] {
  return [
    {
      id: 'name',
      header: t('calendar.name'),
      render: (calendar) => (
        <>
          <Anchor component={Link} to={paths.calendar(calendar.id)} fw={550} size="sm">
            {calendarName(t, calendar)}
          </Anchor>
          {calendar.laws.map((law) => (
            <Text key={law} size="xs" c="dimmed" fw={400}>
              {law.replace(/:? *https?:.*$/s, '')}
            </Text>
          ))}
        </>
      ),
      sort: (calendar) => calendarName(t, calendar),
      card: 'head',
    },
    { id: 'region', header: t('calendar.region'), render: ({ region }) => region, sort: ({ region }) => region },
    { id: 'zone', header: t('calendar.zone'), render: ({ timeZone }) => timeZone, sort: ({ timeZone }) => timeZone },
    {
      id: 'bands',
      header: t('tariff.bands'),
      render: ({ bandCounts }) => bandCounts.join(', '),
    },
    {
      id: 'confidence',
      header: t('calendar.confidence'),
      render: ({ confidence }) => <ConfidenceBadge confidences={confidence} />,
      sort: ({ confidence }) => leastConfidence(confidence),
    },
    {
      id: 'origin',
      header: t('calendar.origin'),
      render: ({ builtIn }) => t(builtIn ? 'calendar.built-in' : 'calendar.added'),
      sort: ({ builtIn }) => Number(builtIn),
    },
    {
      id: 'uses',
      header: t('calendar.uses'),
      align: 'right',
      render: ({ installations }) => t('calendar.uses.count', { count: installations }),
      sort: ({ installations }) => installations,
    },
  ];
}
