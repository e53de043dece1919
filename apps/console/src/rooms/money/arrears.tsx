import { Anchor, Badge, Button, Chip, Group, Stack, Text } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';

import type { ArrearsCase, ArrearsNeed } from '#apps/backoffice/api-types.js';

import { arrearsQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { DataTable, ExportButton, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { When } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

type Filter = 'any' | ArrearsNeed | 'open' | 'closed';
const NEEDS = [
  'suspension',
  'registered-letter',
  'complaint',
  'plan-asked',
  'plan-broken',
  'hand-over',
  'parked',
  'paused',
] as const satisfies readonly ArrearsNeed[];
const FILTERS: readonly Filter[] = ['any', 'open', 'closed', ...NEEDS];

const asked = (filter: Filter) =>
  filter === 'open' || filter === 'closed'
    ? { need: null, open: String(filter === 'open') }
    : { need: filter, open: 'true' };

/** Unpaid invoices that are chased, first of all those that need somebody today. */
export function Arrears() {
  const words = useWords();
  const { t } = words;
  const [filter, setFilter] = useState<Filter>('any');
  const cases = useInfiniteQuery(arrearsQuery(asked(filter)));
  const columns = useMemo(() => columnsOf(words), [words]);
  const rows = cases.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section
      title={t('arrears-room.title')}
      aside={<ExportButton fileName="dividas.csv" rows={rows} columns={columns} />}
    >
      <Stack gap="md">
        <Group gap={6}>
          {FILTERS.map((each) => (
            <Chip key={each} size="xs" checked={filter === each} onChange={() => setFilter(each)}>
              {filterName(words, each)}
            </Chip>
          ))}
        </Group>
        {cases.isPending && <RowsLoading />}
        {cases.isError && <ErrorNotice error={cases.error} retry={() => void cases.refetch()} />}
        {cases.data !== undefined &&
          (rows.length === 0 ? (
            <EmptyState icon={IconCheck} title={t('arrears-room.empty')} help={t('arrears-room.empty.help')} />
          ) : (
            <DataTable
              label={t('arrears-room.title')}
              rows={rows}
              columns={columns}
              rowKey={({ documentId }) => documentId}
              testId="arrears"
            />
          ))}
        {cases.hasNextPage && (
          <Button variant="default" loading={cases.isFetchingNextPage} onClick={() => void cases.fetchNextPage()}>
            {t('arrears-room.more')}
          </Button>
        )}
      </Stack>
    </Section>
  );
}

function filterName({ t }: Words, filter: Filter): string {
  switch (filter) {
    case 'any':
    case 'open':
    case 'closed':
      return t(`arrears-room.${filter}`);
    default:
      return t(`arrears-need.${filter}`);
  }
}

function columnsOf(words: Words): Column<ArrearsCase>[] {
  const { t, money, day } = words;
  return [
    {
      id: 'case',
      header: t('arrears-room.case'),
      render: ({ documentId, number, customerName }) => (
        <>
          <Anchor component={Link} to={paths.arrearsCase(documentId)} fw={550} size="sm">
            {number}
          </Anchor>
          <Text size="xs" c="dimmed">
            {customerName}
          </Text>
        </>
      ),
      sort: ({ customerName }) => customerName,
      plain: ({ number }) => number,
      card: 'head',
    },
    {
      id: 'due',
      header: t('arrears-room.due'),
      align: 'right',
      render: ({ dueCents, currency }) => money(dueCents, currency),
      sort: ({ dueCents }) => dueCents,
      plain: ({ dueCents }) => dueCents / 100,
    },
    {
      id: 'needs',
      header: t('arrears-room.needs'),
      render: ({ needs }) =>
        needs.length === 0 ? (
          ''
        ) : (
          <Group gap={4}>
            {needs.map((need) => (
              <Badge key={need} color={need === 'parked' ? 'red' : 'orange'} variant="light">
                {t(`arrears-need.${need}`)}
              </Badge>
            ))}
          </Group>
        ),
      sort: ({ needs }) => needs.join(' '),
      plain: ({ needs }) => needs.map((need) => t(`arrears-need.${need}`)).join('; '),
    },
    {
      id: 'stage',
      header: t('arrears-room.stage'),
      render: ({ stage, outcome, suspended }) => (
        <>
          {outcome === null ? nameOf(t, 'arrears', stage) : nameOf(t, 'arrears.outcome', outcome)}
          {suspended && (
            <Text size="xs" c="red">
              {t('arrears-room.suspended')}
            </Text>
          )}
        </>
      ),
      sort: ({ stage }) => stage,
      plain: ({ stage }) => nameOf(t, 'arrears', stage),
    },
    {
      id: 'next',
      header: t('arrears-room.next'),
      render: ({ nextStage, nextActionAt }) =>
        nextStage === null ? (
          ''
        ) : (
          <>
            {nameOf(t, 'arrears', nextStage)}
            {nextActionAt !== null && (
              <Text size="xs" c="dimmed">
                <When at={nextActionAt} />
              </Text>
            )}
          </>
        ),
      sort: ({ nextActionAt }) => nextActionAt ?? '',
      plain: ({ nextStage }) => (nextStage === null ? null : nameOf(t, 'arrears', nextStage)),
    },
    {
      id: 'lapses',
      header: t('arrears-room.lapses'),
      render: ({ claimLapsesAt }) => (claimLapsesAt === null ? '' : day(claimLapsesAt)),
      sort: ({ claimLapsesAt }) => claimLapsesAt ?? '',
      plain: ({ claimLapsesAt }) => (claimLapsesAt === null ? null : day(claimLapsesAt)),
    },
  ];
}
