import { Alert, Button, Card, Code, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck, IconScale } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { KindBalance, LedgerCheck } from '#apps/backoffice/api-types.js';

import { ledgerCheckQuery, ledgerQuery } from '../../api/queries.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';
import { DebitWeek } from './debit-week.js';

/** The double-entry books at a glance, and whether they balance. */
export function Ledger() {
  const words = useWords();
  const { t } = words;
  const overview = useQuery(ledgerQuery);
  const columns = useMemo(() => columnsOf(words), [words]);
  return (
    <Stack gap="lg">
      <DebitWeek />
      <Check />
      {overview.isError && <ErrorNotice error={overview.error} retry={() => void overview.refetch()} />}
      {overview.isPending && <RowsLoading />}
      {overview.data !== undefined && (
        <Card>
          {overview.data.kinds.length === 0 ? (
            <EmptyState icon={IconScale} title={t('ledger.empty')} help={t('ledger.empty.help')} />
          ) : (
            <DataTable
              label={t('ledger.accounts')}
              rows={overview.data.kinds}
              columns={columns}
              rowKey={({ kind, currency }) => `${kind}/${currency}`}
              testId="ledger-accounts"
            />
          )}
        </Card>
      )}
    </Stack>
  );
}

/** Reads all of the books, so only when asked. */
function Check() {
  const { t } = useWords();
  const check = useQuery({ ...ledgerCheckQuery, enabled: false });
  return (
    <Section
      title={t('ledger.check')}
      help={t('ledger.check.help')}
      aside={
        <Button
          variant="default"
          leftSection={<IconScale size={17} aria-hidden />}
          loading={check.isFetching}
          onClick={() => void check.refetch()}
          data-testid="check-ledger"
        >
          {t('ledger.check.now')}
        </Button>
      }
    >
      {check.isError && <ErrorNotice error={check.error} retry={() => void check.refetch()} />}
      {check.data !== undefined && <Found check={check.data} />}
    </Section>
  );
}

function Found({ check: { balanced, problemCount, problems } }: { readonly check: LedgerCheck }) {
  const { t } = useWords();
  if (balanced) {
    return (
      <Alert color="mar" icon={<IconCheck />} data-testid="ledger-balanced">
        {t('ledger.balanced')}
      </Alert>
    );
  }
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('ledger.problems', { count: problemCount })}>
      <Stack gap={4}>
        {problems.map(({ code, subject, detail }) => (
          <Text key={`${code} ${subject}`} size="sm">
            <Code>{code}</Code> {subject}: {detail}
          </Text>
        ))}
      </Stack>
    </Alert>
  );
}

function columnsOf({ t, money, count }: Words): Column<KindBalance>[] {
  return [
    {
      id: 'kind',
      header: t('ledger.kind'),
      render: ({ kind }) => (
        <>
          {nameOf(t, 'ledger.kind', kind)}
          <Text size="xs" c="dimmed">
            {nameOf(t, 'ledger.kind-help', kind)}
          </Text>
        </>
      ),
      plain: ({ kind }) => nameOf(t, 'ledger.kind', kind),
      sort: ({ kind }) => nameOf(t, 'ledger.kind', kind),
      card: 'head',
    },
    {
      id: 'accounts',
      header: t('ledger.account-count'),
      align: 'right',
      render: ({ accounts }) => count(accounts),
      plain: ({ accounts }) => accounts,
      sort: ({ accounts }) => accounts,
    },
    ...(['debit', 'credit'] as const).map((side): Column<KindBalance> => ({
      id: side,
      header: t(`ledger.${side}`),
      align: 'right',
      render: ({ postedCents, currency }) =>
        sideOf(side, postedCents) === 0 ? '' : money(sideOf(side, postedCents), currency),
      plain: ({ postedCents }) => sideOf(side, postedCents) / 100,
      sort: ({ postedCents }) => sideOf(side, postedCents),
    })),
    {
      id: 'pending',
      header: t('ledger.pending'),
      align: 'right',
      render: ({ pendingCents, currency }) => (pendingCents === 0 ? '' : money(pendingCents, currency)),
      plain: ({ pendingCents }) => pendingCents / 100,
      sort: ({ pendingCents }) => pendingCents,
    },
  ];
}

function sideOf(side: 'debit' | 'credit', cents: number): number {
  return Math.max(0, side === 'debit' ? cents : -cents);
}
