import { Button, Text } from '@mantine/core';
import { IconBuildingBank } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { Owed } from '#apps/backoffice/api-types.js';

import { owedQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useAsk } from '../../parts/action-dialog.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';

/** For each condominium what would be paid out now. */
export function OwedNow({ acts }: { readonly acts: boolean }) {
  const words = useWords();
  const { t } = words;
  const owed = useQuery(owedQuery);
  const propose = usePropose();
  const columns = useMemo(() => columnsOf(words, acts ? propose : null), [words, acts, propose]);
  return (
    <Section title={t('payouts.owed')} help={t('payouts.owed.help')}>
      {owed.isError && <ErrorNotice error={owed.error} retry={() => void owed.refetch()} />}
      {owed.isPending && <RowsLoading />}
      {owed.data?.items.length === 0 && (
        <EmptyState icon={IconBuildingBank} title={t('payouts.owed.none')} help={t('payouts.owed.none.help')} />
      )}
      {owed.data !== undefined && owed.data.items.length > 0 && (
        <DataTable
          label={t('payouts.owed')}
          rows={owed.data.items}
          columns={columns}
          rowKey={({ condominiumId, issuerId, currency }) => `${condominiumId}/${issuerId}/${currency}`}
          testId="payouts-owed"
        />
      )}
    </Section>
  );
}

type Propose = (owed: Owed) => void;

function usePropose(): Propose {
  const { t, money } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  return useMemo(
    () =>
      ({ condominiumId, condominiumName, issuerId, currency, owedCents }) =>
        ask({
          title: t('payouts.propose'),
          body: t('payouts.propose.ask', { condominium: condominiumName, amount: money(owedCents, currency) }),
          confirm: t('payouts.propose'),
          done: t('payouts.propose.done'),
          run: async (_answers, key) => {
            await write('POST', '/payouts', { condominiumId, issuerId, currency }, key);
            await client.invalidateQueries({ queryKey: ['payouts'] });
          },
        }),
    [t, money, ask, client],
  );
}

function columnsOf({ t, money, count }: Words, propose: Propose | null): Column<Owed>[] {
  return [
    {
      id: 'condominium',
      header: t('payouts.condominium'),
      render: ({ condominiumName, issuerName }) => (
        <>
          {condominiumName}
          <Text size="xs" c="dimmed">
            {t('payouts.by', { issuer: issuerName })}
          </Text>
        </>
      ),
      plain: ({ condominiumName }) => condominiumName,
      sort: ({ condominiumName }) => condominiumName,
      card: 'head',
    },
    {
      id: 'invoices',
      header: t('payouts.invoices'),
      align: 'right',
      render: ({ invoices }) => count(invoices),
      plain: ({ invoices }) => invoices,
      sort: ({ invoices }) => invoices,
    },
    {
      id: 'fees',
      header: t('payouts.fees'),
      align: 'right',
      render: ({ feesCents, currency }) => (feesCents === 0 ? '' : money(feesCents, currency)),
      plain: ({ feesCents }) => feesCents / 100,
    },
    {
      id: 'owed',
      header: t('payouts.amount'),
      align: 'right',
      render: ({ owedCents, currency, refused }) => (
        <>
          {money(owedCents, currency)}
          <Text size="xs" c="dimmed">
            {refused === 'PAYOUT.OWN_BANK' && t('payouts.own-bank')}
            {refused === 'PAYOUT.NOTHING_TO_PAY' && owedCents < 0 && t('payouts.carried')}
          </Text>
        </>
      ),
      plain: ({ owedCents }) => owedCents / 100,
      sort: ({ owedCents }) => owedCents,
    },
    {
      id: 'propose',
      header: '',
      render: (row) =>
        propose === null || row.refused !== null ? null : (
          <Button size="xs" onClick={() => propose(row)} data-testid="propose-payout">
            {t('payouts.propose')}
          </Button>
        ),
    },
  ];
}
