import { Anchor, Button, Group, Stack, Text, Title } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router';

import type { DebtRow, MonthDetail } from '#apps/backoffice/api-types.js';

import { debtsQuery, owedQuery, payoutsQuery } from '../../api/queries.js';
import { condominiumStatementUrl, debtsCsvUrl, fileUrl } from '../../api/request.js';
import { paths } from '../../app/paths.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { Figure, Figures } from '../../parts/figure.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

/** What the month comes to for its condominium: recovered, fees, what is paid out, who owes, and the files of it. */
export function MonthMoney({ month }: { readonly month: MonthDetail }) {
  const words = useWords();
  const { t, money, count } = words;
  const owed = useQuery(owedQuery);
  const debts = useQuery(debtsQuery(month.condominiumId));
  const columns = useMemo(() => columnsOf(words), [words]);
  const owedCents = owed.data?.items
    .filter(({ condominiumId, currency }) => condominiumId === month.condominiumId && currency === month.currency)
    .reduce((sum, item) => sum + item.owedCents, 0);
  const dueCents = debts.data?.reduce((sum, debt) => sum + debt.dueCents, 0);
  const amount = (cents: number | undefined) => (cents === undefined ? '…' : money(cents, month.currency));
  return (
    <Section title={t('month-money.title')} help={t('month-money.help')}>
      <Stack gap="md" data-testid="month-money">
        <Figures>
          <Figure label={t('month-money.recovered')} value={amount(month.recoveredCents)} />
          <Figure label={t('month-money.fees')} value={amount(month.feesCents)} />
          <Figure label={t('month-money.owed')} value={amount(owedCents)} />
          <Figure
            label={t('month-money.debts')}
            value={amount(dueCents)}
            note={debts.data === undefined ? null : t('month-money.debts.count', { count: debts.data.length })}
            tone={(dueCents ?? 0) > 0 ? 'warn' : 'plain'}
          />
        </Figures>
        <LastPayouts condominiumId={month.condominiumId} />
        <Title order={3} size="h5">
          {t('month-money.who')}
        </Title>
        {debts.isError && <ErrorNotice error={debts.error} retry={() => void debts.refetch()} />}
        {debts.data?.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('month-money.nobody')}
          </Text>
        )}
        {debts.data !== undefined && debts.data.length > 0 && (
          <DataTable
            label={`${t('month-money.who')} (${count(debts.data.length)})`}
            rows={debts.data}
            columns={columns}
            rowKey={({ documentId }) => documentId}
            testId="month-debts"
          />
        )}
        <Downloads month={month} />
      </Stack>
    </Section>
  );
}

const LAST = 3;

function LastPayouts({ condominiumId }: { readonly condominiumId: string }) {
  const { t, money, day, period } = useWords();
  const payouts = useQuery(payoutsQuery);
  if (payouts.data === undefined) return null;
  const last = payouts.data.filter((payout) => payout.condominiumId === condominiumId).slice(0, LAST);
  return (
    <div>
      <Group justify="space-between" gap="sm">
        <Title order={3} size="h5">
          {t('month-money.last')}
        </Title>
        <Anchor component={Link} to={paths.moneyPage('payouts')} size="sm">
          {t('month-money.all')}
        </Anchor>
      </Group>
      {last.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('month-money.no-payouts')}
        </Text>
      )}
      {last.map((payout) => (
        <Text key={payout.payoutId} size="sm">
          {period(payout.period)}: <strong>{money(payout.totalCents, payout.currency)}</strong>{' '}
          <Text span c="dimmed" size="sm">
            {t(`payout-state.${payout.state}`)}
            {payout.paidOn !== null && ` · ${day(payout.paidOn)}`}
            {payout.bankReference !== null && ` · ${payout.bankReference}`}
          </Text>
        </Text>
      ))}
    </div>
  );
}

function Downloads({ month }: { readonly month: MonthDetail }) {
  const { t, language } = useWords();
  const { condominiumId, period, sentExcelFileId, finalExcelFileId } = month;
  const files = [
    { label: t('month-money.excel.sent'), url: sentExcelFileId === null ? null : fileUrl(sentExcelFileId) },
    { label: t('month-money.excel.final'), url: finalExcelFileId === null ? null : fileUrl(finalExcelFileId) },
    {
      label: t('month-money.statement'),
      url: condominiumStatementUrl(condominiumId, { from: `${period}-01`, to: `${monthAfter(period)}-01` }, language),
    },
    { label: t('month-money.debts.csv'), url: debtsCsvUrl(condominiumId) },
  ];
  return (
    <Group gap="xs">
      {files.map(({ label, url }) =>
        url === null ? null : (
          <Button
            key={label}
            component="a"
            href={url}
            download
            size="xs"
            variant="default"
            leftSection={<IconDownload size={16} aria-hidden />}
          >
            {label}
          </Button>
        ),
      )}
    </Group>
  );
}

/** yyyy-mm of the month after. */
function monthAfter(period: string): string {
  const [year = 0, month = 0] = period.split('-').map(Number);
  return new Date(Date.UTC(year, month, 1)).toISOString().slice(0, 7);
}

function columnsOf({ t, money, day, period }: Words): Column<DebtRow>[] {
  return [
    {
      id: 'customer',
      header: t('month-money.customer'),
      render: ({ customerId, customerName }) => (
        <Anchor component={Link} to={paths.customer(customerId)} size="sm">
          {customerId} {customerName}
        </Anchor>
      ),
      sort: ({ customerName }) => customerName,
      card: 'head',
    },
    { id: 'invoice', header: t('payouts.line.what'), render: ({ numberText }) => numberText },
    {
      id: 'period',
      header: t('payouts.period'),
      render: (debt) => period(debt.period),
      sort: (debt) => debt.period,
    },
    {
      id: 'since',
      header: t('month-money.since'),
      render: ({ dueDate, daysLate }) => `${day(dueDate)} · ${t('month-money.late', { days: daysLate })}`,
      sort: ({ dueDate }) => dueDate,
    },
    {
      id: 'due',
      header: t('payouts.amount'),
      align: 'right',
      render: ({ dueCents, currency }) => money(dueCents, currency),
      sort: ({ dueCents }) => dueCents,
    },
    {
      id: 'stage',
      header: t('invoice.state'),
      render: ({ stage }) => (stage === null ? '' : nameOf(t, 'arrears', stage)),
    },
  ];
}
