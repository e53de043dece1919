import { Anchor, Badge } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { Receipt } from '#apps/backoffice/api-types.js';

import { customerReceiptsQuery } from '../../api/queries.js';
import { fileUrl } from '../../api/request.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';

/** What a customer has paid, each with its receipt; of one month's invoice where a number is given. */
export function Receipts({ customerId, number }: { readonly customerId: string; readonly number?: string }) {
  const words = useWords();
  const { t } = words;
  const receipts = useQuery(customerReceiptsQuery(customerId));
  const columns = useMemo(() => columnsOf(words), [words]);
  const shown = receipts.data?.filter(({ documents }) => number === undefined || documents.includes(number)) ?? [];
  if (shown.length === 0) return null;
  return (
    <Section title={t('receipts.title')}>
      <DataTable
        label={t('receipts.title')}
        rows={shown}
        columns={columns}
        rowKey={(receipt) => receipt.number}
        testId="receipts"
      />
    </Section>
  );
}

function columnsOf({ t, money, day }: Words): Column<Receipt>[] {
  return [
    {
      id: 'number',
      header: t('receipts.number'),
      render: ({ number, pdfFileId, cancelled }) => (
        <>
          {pdfFileId === null ? (
            number
          ) : (
            <Anchor href={fileUrl(pdfFileId)} download size="sm" fw={550}>
              {number}
            </Anchor>
          )}
          {cancelled && (
            <Badge color="gray" ml={6}>
              {t('receipts.cancelled')}
            </Badge>
          )}
        </>
      ),
      plain: ({ number }) => number,
      card: 'head',
    },
    {
      id: 'paid-on',
      header: t('receipts.paid-on'),
      render: ({ paidOn }) => day(paidOn),
      sort: ({ paidOn }) => paidOn,
      plain: ({ paidOn }) => paidOn,
    },
    {
      id: 'documents',
      header: t('receipts.documents'),
      render: ({ documents }) => documents.join(', '),
      plain: ({ documents }) => documents.join(', '),
    },
    {
      id: 'amount',
      header: t('receipts.amount'),
      align: 'right',
      render: ({ amountCents, currency }) => money(amountCents, currency),
      sort: ({ amountCents }) => amountCents,
      plain: ({ amountCents, currency }) => money(amountCents, currency),
    },
  ];
}
