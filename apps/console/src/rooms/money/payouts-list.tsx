import { Badge, Button, Group, Text } from '@mantine/core';
import { IconBuildingBank } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { Payout } from '#apps/backoffice/api-types.js';

import { payoutsQuery } from '../../api/queries.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';
import { PayoutDetail } from './payout-detail.js';
import { PaidDialog } from './payout-paid.js';
import { usePayoutDeeds, type PayoutDeed, type PayoutDeeds } from './use-payout-deeds.js';

/** The payouts there were, the latest first. */
export function PayoutList({ acts }: { readonly acts: boolean }) {
  const words = useWords();
  const { t } = words;
  const payouts = useQuery(payoutsQuery);
  const [paying, setPaying] = useState<Payout | null>(null);
  const [shown, setShown] = useState<Payout | null>(null);
  const deeds = usePayoutDeeds(setPaying, setShown);
  const columns = useMemo(() => columnsOf(words, deeds, acts), [words, deeds, acts]);
  return (
    <Section title={t('payouts.title')} help={t('payouts.help')}>
      {payouts.isError && <ErrorNotice error={payouts.error} retry={() => void payouts.refetch()} />}
      {payouts.isPending && <RowsLoading />}
      {payouts.data?.length === 0 && (
        <EmptyState icon={IconBuildingBank} title={t('payouts.none')} help={t('payouts.none.help')} />
      )}
      {payouts.data !== undefined && payouts.data.length > 0 && (
        <DataTable
          label={t('payouts.title')}
          rows={payouts.data}
          columns={columns}
          rowKey={({ payoutId }) => payoutId}
          testId="payouts"
        />
      )}
      {paying !== null && <PaidDialog payout={paying} close={() => setPaying(null)} />}
      {shown !== null && <PayoutDetail payout={shown} close={() => setShown(null)} />}
    </Section>
  );
}

const COLOURS: Record<Payout['state'], string> = {
  proposed: 'orange',
  approved: 'blue',
  sent: 'violet',
  paid: 'mar',
  cancelled: 'gray',
};
const DEEDS: Record<Payout['state'], readonly PayoutDeed[]> = {
  proposed: ['approve', 'cancel'],
  approved: ['file', 'paid', 'cancel'],
  sent: ['file', 'paid', 'cancel'],
  paid: [],
  cancelled: [],
};

function columnsOf({ t, money, day, period: monthWord }: Words, deeds: PayoutDeeds, acts: boolean): Column<Payout>[] {
  return [
    {
      id: 'condominium',
      header: t('payouts.condominium'),
      render: ({ condominiumName, number, proposedBy }) => (
        <>
          {condominiumName} · {t('payouts.number', { number })}
          <Text size="xs" c="dimmed">
            {proposedBy === 'calendar' ? t('payouts.by-calendar') : t('payouts.by-person', { by: proposedBy })}
          </Text>
        </>
      ),
      plain: ({ condominiumName }) => condominiumName,
      sort: ({ condominiumName, number }) => `${condominiumName} ${String(number).padStart(6, '0')}`,
      card: 'head',
    },
    {
      id: 'period',
      header: t('payouts.period'),
      render: ({ period }) => monthWord(period),
      plain: ({ period }) => period,
      sort: ({ period }) => period,
    },
    {
      id: 'amount',
      header: t('payouts.amount'),
      align: 'right',
      render: ({ totalCents, feesCents, currency }) => (
        <>
          {money(totalCents, currency)}
          {feesCents > 0 && (
            <Text size="xs" c="dimmed">
              {t('payouts.less-fees', { fees: money(feesCents, currency) })}
            </Text>
          )}
        </>
      ),
      plain: ({ totalCents }) => totalCents / 100,
      sort: ({ totalCents }) => totalCents,
    },
    {
      id: 'state',
      header: t('invoice.state'),
      render: ({ state, paidOn, bankReference, cancelledReason }) => (
        <>
          <Badge color={COLOURS[state]}>{t(`payout-state.${state}`)}</Badge>
          <Text size="xs" c="dimmed">
            {[paidOn === null ? null : day(paidOn), bankReference, cancelledReason].filter(Boolean).join(' · ')}
          </Text>
        </>
      ),
      plain: ({ state }) => state,
      sort: ({ state }) => state,
    },
    {
      id: 'deeds',
      header: '',
      render: (payout) => (
        <Group gap={6}>
          {(['lines', 'statement', ...(acts ? DEEDS[payout.state] : [])] as const).map((deed) => (
            <Button
              key={deed}
              size="xs"
              variant="default"
              onClick={() => deeds(payout, deed)}
              data-testid={`payout-${deed}`}
            >
              {t(`payout-deed.${deed}`)}
            </Button>
          ))}
        </Group>
      ),
    },
  ];
}
