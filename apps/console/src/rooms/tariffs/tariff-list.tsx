import { Anchor, Card, Text } from '@mantine/core';
import { IconReceipt2 } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';

import type { Tariff } from '#apps/backoffice/api-types.js';

import { tariffsQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';
import { changesText } from '../../wording/tariff.js';

/** Every installation with the plan that holds today, and what changes next. */
export function TariffList() {
  const words = useWords();
  const { t } = words;
  const tariffs = useQuery(tariffsQuery);
  const columns = useMemo(() => columnsOf(words), [words]);
  if (tariffs.data === undefined) {
    if (!tariffs.isError) return <RowsLoading rows={4} />;
    return <ErrorNotice error={tariffs.error} retry={() => void tariffs.refetch()} />;
  }
  return (
    <Card>
      {tariffs.data.length === 0 ? (
        <EmptyState icon={IconReceipt2} title={t('tariffs.empty')} help={t('tariffs.empty.help')} />
      ) : (
        <DataTable
          label={t('tariffs.tab.plans')}
          rows={tariffs.data}
          columns={columns}
          rowKey={({ installationId }) => installationId}
          testId="tariffs"
        />
      )}
    </Card>
  );
}

function columnsOf(words: Words): Column<Tariff>[] {
  const { t, day } = words;
  return [
    {
      id: 'installation',
      header: t('months.filter.installation'),
      render: (tariff) => (
        <Anchor component={Link} to={paths.tariff(tariff.installationId)} fw={550} size="sm">
          {tariff.installationName}
        </Anchor>
      ),
      sort: (tariff) => tariff.installationName,
      card: 'head',
    },
    {
      id: 'plan',
      header: t('tariff.plan'),
      render: ({ current }) =>
        current === null ? (
          <Text size="sm" fw={600} c="var(--cz-bad)">
            {t('tariff.no-plan')}
          </Text>
        ) : (
          <>
            {current.planName}
            {current.retailer !== null && (
              <Text size="xs" c="dimmed">
                {current.retailer}
              </Text>
            )}
          </>
        ),
      sort: ({ current }) => current?.planName ?? '',
    },
    {
      id: 'bands',
      header: t('tariff.bands'),
      render: ({ current }) => (current === null ? null : nameOf(t, 'bands', String(current.bandCount))),
      sort: ({ current }) => current?.bandCount ?? 0,
    },
    {
      id: 'prices',
      header: t('tariff.prices'),
      align: 'right',
      render: (tariff) => rangeText(words, tariff),
      sort: ({ current }) => current?.lowestMicros ?? 0,
    },
    {
      id: 'next',
      header: t('tariff.next'),
      render: ({ nextChange }) =>
        nextChange === null ? (
          <Text size="sm" c="dimmed">
            {t('tariff.no-change')}
          </Text>
        ) : (
          <Text size="sm" {...(nextChange.changes.includes('none') && { fw: 600, c: 'var(--cz-bad)' })}>
            {t('tariff.changes-on', { date: day(nextChange.date), what: changesText(t, nextChange.changes) })}
          </Text>
        ),
      sort: ({ nextChange }) => nextChange?.date ?? '9999',
    },
  ];
}

function rangeText({ t, price }: Words, { current, currency }: Tariff): string | null {
  if (current === null) return null;
  if (current.isIndexed) return t('tariff.indexed');
  const { lowestMicros, highestMicros } = current;
  if (lowestMicros === null || highestMicros === null) return t('tariff.no-prices');
  if (lowestMicros === highestMicros) return price(lowestMicros, currency);
  return t('tariff.from-to', { from: price(lowestMicros, currency), to: price(highestMicros, currency) });
}
