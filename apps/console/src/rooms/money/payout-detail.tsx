import { Drawer, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { Payout, PayoutLine } from '#apps/backoffice/api-types.js';

import { payoutLinesQuery } from '../../api/queries.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';

/** Where each cent of a payout comes from. */
export function PayoutDetail({ payout, close }: { readonly payout: Payout; readonly close: () => void }) {
  const words = useWords();
  const { t } = words;
  const lines = useQuery(payoutLinesQuery(payout.payoutId));
  const columns = useMemo(() => columnsOf(words, payout.currency), [words, payout.currency]);
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size="xl"
      title={<Text fw={650}>{`${payout.condominiumName} · ${t('payouts.number', { number: payout.number })}`}</Text>}
    >
      <Text size="sm" c="dimmed" mb="md">
        {t('payouts.lines.help')}
      </Text>
      {lines.isError && <ErrorNotice error={lines.error} retry={() => void lines.refetch()} />}
      {lines.isPending && <RowsLoading />}
      {lines.data !== undefined && (
        <DataTable
          label={t('payouts.lines')}
          rows={lines.data}
          columns={columns}
          rowKey={({ lineNo }) => String(lineNo)}
          testId="payout-lines"
        />
      )}
    </Drawer>
  );
}

function whatOf({ kind, number, month, permyriad }: PayoutLine, words: Words): string {
  if (kind === 'fee-per-month') return words.t('payouts.fee-month', { month: words.period(month ?? '') });
  if (kind === 'fee-percent') return words.t('payouts.fee-percent', { percent: (permyriad ?? 0) / 100 });
  return number ?? '';
}

function columnsOf(words: Words, currency: string): Column<PayoutLine>[] {
  const { t, money } = words;
  const amount = (
    id: 'recovered' | 'paid' | 'payable' | 'taken',
    cents: (line: PayoutLine) => number | null,
  ): Column<PayoutLine> => {
    const own = (line: PayoutLine) => (line.kind === 'document' ? cents(line) : null);
    return {
      id,
      header: t(`payouts.line.${id}`),
      align: 'right',
      render: (line) => {
        const value = own(line);
        return value === null ? '' : money(value, currency);
      },
      plain: (line) => (own(line) ?? 0) / 100,
      sort: (line) => own(line) ?? 0,
    };
  };
  return [
    {
      id: 'what',
      header: t('payouts.line.what'),
      render: (line) => (
        <>
          {whatOf(line, words)}
          <Text size="xs" c="dimmed">
            {line.customerName}
          </Text>
        </>
      ),
      plain: (line) => whatOf(line, words),
      sort: (line) => whatOf(line, words),
      card: 'head',
    },
    amount('recovered', ({ recoveredCents }) => recoveredCents),
    amount('paid', ({ paidCents }) => paidCents),
    amount('payable', ({ payableCents }) => payableCents),
    amount('taken', ({ takenCents }) => takenCents),
    {
      id: 'cents',
      header: t('payouts.line.cents'),
      align: 'right',
      render: ({ cents }) => money(cents, currency),
      plain: ({ cents }) => cents / 100,
      sort: ({ cents }) => cents,
    },
  ];
}
