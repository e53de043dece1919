import { ActionIcon, Anchor, Button, Group, Stack, Text } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconDownload, IconReceipt } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { StatementPage } from '#apps/backoffice/api-types.js';

import { statementQuery } from '../../../api/queries.js';
import { statementUrl } from '../../../api/request.js';
import { DEFAULT_ZONE } from '../../../format/dates.js';
import { DataTable, type Column } from '../../../parts/data-table.js';
import { EmptyState } from '../../../parts/empty-state.js';
import { ErrorNotice } from '../../../parts/error-notice.js';
import { RowsLoading } from '../../../parts/loading.js';
import { Section } from '../../../parts/section.js';
import { useWords } from '../../../texts/language.js';
import { nameOf } from '../../../texts/translate.js';
import type { Words } from '../../../texts/words.js';
import { BalanceChart } from './balance-chart.js';
import { dailyBalances, moves } from './daily-balances.js';
import { DocumentFiles } from './document-files.js';
import { monthAfter, spanOf } from './months.js';

import classes from './money.module.css';

type Line = StatementPage['items'][number];
type Open = (documentId: string) => void;

/** Month by month what was owed and paid, with the balance after each line. */
export function Statement({ customerId }: { readonly customerId: string }) {
  const words = useWords();
  const { t, period, language } = words;
  const [today] = useState(() => new Date().toISOString().slice(0, 10));
  const thisMonth = today.slice(0, 7);
  const [month, setMonth] = useState(thisMonth);
  return (
    <Section
      title={t('statement.title')}
      help={t('statement.help')}
      aside={
        <Button
          component="a"
          href={statementUrl(customerId, spanOf(month), language)}
          download
          variant="default"
          size="xs"
          leftSection={<IconDownload size={15} aria-hidden />}
        >
          {t('statement.csv')}
        </Button>
      }
    >
      <Group gap="xs" mb="sm">
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('statement.before')}
          onClick={() => setMonth(monthAfter(month, -1))}
        >
          <IconChevronLeft size={18} aria-hidden />
        </ActionIcon>
        <Text fw={600} aria-live="polite" className={classes.month ?? ''}>
          {period(month)}
        </Text>
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={t('statement.after')}
          onClick={() => setMonth(monthAfter(month, 1))}
          disabled={month >= thisMonth}
        >
          <IconChevronRight size={18} aria-hidden />
        </ActionIcon>
      </Group>
      <Lines customerId={customerId} month={month} today={today} words={words} />
    </Section>
  );
}

interface LinesProps {
  readonly customerId: string;
  readonly month: string;
  readonly today: string;
  readonly words: Words;
}

function Lines({ customerId, month, today, words }: LinesProps) {
  const { t, money } = words;
  const statement = useInfiniteQuery(statementQuery(customerId, spanOf(month)));
  const [shown, show] = useState<string | null>(null);
  const [first] = statement.data?.pages ?? [];
  const columns = useMemo(() => columnsOf(words, first?.currency ?? 'EUR', show), [words, first?.currency]);
  if (first === undefined) {
    if (statement.isError) return <ErrorNotice error={statement.error} retry={() => void statement.refetch()} />;
    return <RowsLoading />;
  }
  const lines = statement.data?.pages.flatMap(({ items }) => items) ?? [];
  const days = dailyBalances(first.openingCents, lines, { month, until: today, timeZone: DEFAULT_ZONE });
  return (
    <Stack gap="sm">
      <dl className={classes.ends}>
        <dt>{t('statement.opening')}</dt>
        <dd>{money(first.openingCents, first.currency)}</dd>
        <dt>{t('statement.closing')}</dt>
        <dd>{money(first.closingCents, first.currency)}</dd>
      </dl>
      {lines.length === 0 ? (
        <EmptyState icon={IconReceipt} title={t('statement.empty')} help={t('statement.empty.help')} />
      ) : (
        <>
          {!statement.hasNextPage && moves(days) && <BalanceChart days={days} currency={first.currency} />}
          <DataTable
            label={t('statement.title')}
            rows={lines}
            columns={columns}
            rowKey={(line) => `${line.at} ${line.kind} ${line.documentId ?? ''} ${line.balanceCents}`}
            testId="statement"
          />
        </>
      )}
      {statement.hasNextPage && (
        <Button variant="default" loading={statement.isFetchingNextPage} onClick={() => void statement.fetchNextPage()}>
          {t('app.more')}
        </Button>
      )}
      <DocumentFiles documentId={shown} close={() => show(null)} />
    </Stack>
  );
}

function columnsOf({ t, money, day }: Words, currency: string, open: Open): Column<Line>[] {
  return [
    {
      id: 'what',
      header: t('statement.what'),
      render: ({ movement, number, documentId }) => (
        <>
          {nameOf(t, 'movement', movement)}
          {documentId !== null && (
            <>
              {' '}
              <Anchor component="button" type="button" size="sm" onClick={() => open(documentId)}>
                {number ?? t('statement.document')}
              </Anchor>
            </>
          )}
        </>
      ),
      card: 'head',
    },
    { id: 'day', header: t('statement.day'), render: ({ at }) => day(at) },
    {
      id: 'amount',
      header: t('my-money.amount'),
      align: 'right',
      render: ({ amountCents }) => money(amountCents, currency),
    },
    {
      id: 'balance',
      header: t('statement.balance'),
      align: 'right',
      render: ({ balanceCents }) => money(balanceCents, currency),
    },
  ];
}
