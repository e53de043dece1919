import { Button, Group } from '@mantine/core';
import { IconCreditCard, IconFilterOff } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { Card } from '#apps/backoffice/api-types.js';

import { cardsQuery } from '../../api/queries.js';
import { DataTable } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { cardColumns } from './card-columns.js';
import { CardDialog } from './card-dialog.js';
import { useCardDeeds } from './use-card-deeds.js';

interface CardListProps {
  readonly installation: string | null;
  readonly customer: string | null;
  readonly q: string | null;
}

/** Cards of an installation or of a customer, with their states; who may changes and blocks them here. */
export function CardList({ installation, customer, q }: CardListProps) {
  const words = useWords();
  const { t } = words;
  const [changes, setChanges] = useState<Card | null>(null);
  const list = useInfiniteQuery({ ...cardsQuery({ installation, customer, q }), placeholderData: keepPreviousData });
  const deeds = useCardDeeds(setChanges);
  const columns = useMemo(() => cardColumns(words, deeds, customer === null), [words, deeds, customer]);
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <>
      {list.isPending && <RowsLoading rows={4} />}
      {list.isError && list.data === undefined && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.data !== undefined && rows.length === 0 && (
        <EmptyState
          icon={q === null ? IconCreditCard : IconFilterOff}
          title={t(q === null ? 'cards.empty' : 'cards.empty.filtered')}
          help={t(q === null ? 'cards.empty.help' : 'months.empty.filtered.help')}
        />
      )}
      {rows.length > 0 && (
        <DataTable
          label={t('cards.title')}
          rows={rows}
          columns={columns}
          rowKey={({ tokenId }) => tokenId}
          testId="cards"
        />
      )}
      {list.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('app.more')}
          </Button>
        </Group>
      )}
      {changes !== null && (
        <CardDialog installationId={changes.installationId} card={changes} close={() => setChanges(null)} />
      )}
    </>
  );
}
