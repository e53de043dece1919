import { Card, Text } from '@mantine/core';
import { IconChartLine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { PriceSeries } from '#apps/backoffice/api-types.js';

import { priceSeriesQuery } from '../../api/queries.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

/** The markets' prices and loss profiles behind indexed plans: what each spans, and where values are missing. */
export function SeriesList() {
  const words = useWords();
  const { t } = words;
  const series = useQuery(priceSeriesQuery);
  const columns = useMemo(() => columnsOf(words), [words]);
  if (series.data === undefined) {
    if (!series.isError) return <RowsLoading rows={3} />;
    return <ErrorNotice error={series.error} retry={() => void series.refetch()} />;
  }
  return (
    <Card>
      {series.data.length === 0 ? (
        <EmptyState icon={IconChartLine} title={t('series.empty')} help={t('series.empty.help')} />
      ) : (
        <DataTable
          label={t('tariffs.tab.series')}
          rows={series.data}
          columns={columns}
          rowKey={({ id }) => id}
          testId="series"
        />
      )}
    </Card>
  );
}

function columnsOf(words: Words): Column<PriceSeries>[] {
  const { t, count, instant } = words;
  return [
    {
      id: 'name',
      header: t('series.name'),
      render: ({ name, source }) => (
        <>
          {name}
          {source !== null && (
            <Text size="xs" c="dimmed">
              {source}
            </Text>
          )}
        </>
      ),
      sort: ({ name }) => name,
      card: 'head',
    },
    {
      id: 'kind',
      header: t('series.kind'),
      render: ({ kind, currency }) => [nameOf(t, 'series.kind', kind), currency].filter(Boolean).join(', '),
      sort: ({ kind }) => kind,
    },
    {
      id: 'resolution',
      header: t('series.resolution'),
      render: ({ resolutionMinutes }) => t('series.minutes', { minutes: resolutionMinutes }),
      sort: ({ resolutionMinutes }) => resolutionMinutes,
    },
    { id: 'clock', header: t('series.clock'), render: ({ clockZone }) => clockZone },
    {
      id: 'span',
      header: t('series.span'),
      render: ({ firstAt, endsAt, clockZone }) =>
        firstAt === null || endsAt === null
          ? t('series.no-values')
          : t('series.from-to', { from: instant(firstAt, clockZone), to: instant(endsAt, clockZone) }),
      sort: ({ endsAt }) => endsAt ?? '',
    },
    { id: 'values', header: t('series.values'), align: 'right', render: ({ values }) => count(values) },
    { id: 'gaps', header: t('series.gaps'), render: (series) => <Gaps series={series} words={words} /> },
  ];
}

function Gaps({ series, words: { t, instant } }: { readonly series: PriceSeries; readonly words: Words }) {
  const { gapCount, gaps, clockZone, firstAt } = series;
  if (firstAt === null) return null;
  if (gapCount === 0) return t('series.no-gaps');
  return (
    <details>
      <summary>
        <Text span size="sm" fw={600} c="var(--cz-warn)">
          {t('series.gap-count', { count: gapCount })}
        </Text>
      </summary>
      {gaps.map(({ from, to }) => (
        <Text key={from} size="xs">
          {t('series.from-to', { from: instant(from, clockZone), to: instant(to, clockZone) })}
        </Text>
      ))}
      {gapCount > gaps.length && (
        <Text size="xs" c="dimmed">
          {t('series.more-gaps', { count: gapCount - gaps.length })}
        </Text>
      )}
    </details>
  );
}
