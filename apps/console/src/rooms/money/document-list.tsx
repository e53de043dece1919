import { Anchor, Button, Card, Group, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconFileInvoice, IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { FiscalDocument } from '#apps/backoffice/api-types.js';

import { documentsQuery } from '../../api/queries.js';
import { fileUrl } from '../../api/request.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';
import { CreditDialog } from './credit-dialog.js';
import { useReissue } from './use-reissue.js';

/** Every document, the latest first; an invoice can be given back from here. */
export function DocumentList() {
  const words = useWords();
  const { t } = words;
  const [text, setText] = useState('');
  const [number] = useDebouncedValue(text.trim(), 250);
  const reissue = useReissue();
  const [crediting, setCrediting] = useState<string | null>(null);
  const list = useInfiniteQuery({ ...documentsQuery({ number }), placeholderData: keepPreviousData });
  const columns = useMemo(() => columnsOf(words, setCrediting, reissue), [words, reissue]);
  const documents = list.data?.pages.flatMap(({ items }) => items);
  return (
    <Card>
      <TextInput
        aria-label={t('documents.search')}
        placeholder={t('documents.search')}
        leftSection={<IconSearch size={17} aria-hidden />}
        type="search"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        w={280}
        maw="100%"
        mb="md"
      />
      {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.isPending && <RowsLoading />}
      {documents?.length === 0 && (
        <EmptyState icon={IconFileInvoice} title={t('documents.none')} help={t('documents.none.help')} />
      )}
      {documents !== undefined && documents.length > 0 && (
        <DataTable
          label={t('documents.title')}
          rows={documents}
          columns={columns}
          rowKey={({ documentId }) => documentId}
          testId="fiscal-documents"
        />
      )}
      {list.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('app.more')}
          </Button>
        </Group>
      )}
      {crediting !== null && <CreditDialog documentId={crediting} close={() => setCrediting(null)} />}
    </Card>
  );
}

function columnsOf(
  { t, money, day }: Words,
  credit: (documentId: string) => void,
  reissue: (document: Pick<FiscalDocument, 'documentId' | 'number'>) => void,
): Column<FiscalDocument>[] {
  return [
    {
      id: 'number',
      header: t('documents.number'),
      render: ({ number, type, pdfFileId, corrects, reason }) => (
        <>
          {pdfFileId === null ? number : <Anchor href={fileUrl(pdfFileId)}>{number}</Anchor>}
          <Text size="xs" c="dimmed">
            {nameOf(t, 'documents.type', type)}
            {corrects !== null && ` · ${corrects}: ${reason ?? ''}`}
          </Text>
        </>
      ),
      plain: ({ number }) => number,
      sort: ({ number }) => number,
      card: 'head',
    },
    {
      id: 'customer',
      header: t('documents.customer'),
      render: ({ customerName }) => customerName,
      plain: ({ customerName }) => customerName,
      sort: ({ customerName }) => customerName,
    },
    {
      id: 'date',
      header: t('documents.date'),
      render: ({ issueDate }) => day(issueDate),
      plain: ({ issueDate }) => issueDate,
      sort: ({ issueDate }) => issueDate,
    },
    {
      id: 'gross',
      header: t('documents.gross'),
      align: 'right',
      render: ({ grossCents, currency }) => money(grossCents, currency),
      plain: ({ grossCents }) => grossCents / 100,
      sort: ({ grossCents }) => grossCents,
    },
    {
      id: 'credit',
      header: '',
      align: 'right',
      render: ({ type, documentId, number, waitsForReissue }) =>
        waitsForReissue ? (
          <Button
            size="compact-sm"
            onClick={() => reissue({ documentId, number })}
            aria-label={`${t('documents.reissue')}: ${number}`}
          >
            {t('documents.reissue')}
          </Button>
        ) : type === 'NC' ? null : (
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => credit(documentId)}
            aria-label={`${t('documents.credit')}: ${number}`}
          >
            {t('documents.credit')}
          </Button>
        ),
      card: 'corner',
    },
  ];
}
