import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { Owed, PayoutPolicyRule } from '#apps/backoffice/api-types.js';

import { owedQuery, payoutPoliciesQuery } from '../../api/queries.js';
import { formatPermyriad } from '../../format/numbers.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';
import { PayoutPolicyDialog } from './payout-policy-dialog.js';

/** A rule, or a condominium without one. */
interface PolicyRow {
  readonly party: Owed;
  readonly rule: PayoutPolicyRule | null;
}

/** What the contracts say of payouts: fees and the day; every rule there was, the latest first. */
export function PayoutPolicies({ acts }: { readonly acts: boolean }) {
  const words = useWords();
  const { t } = words;
  const policies = useQuery(payoutPoliciesQuery);
  const owed = useQuery(owedQuery);
  const [changing, setChanging] = useState<PolicyRow | null>(null);
  const columns = useMemo(() => columnsOf(words, acts ? setChanging : null), [words, acts]);
  const rows = rowsOf(owed.data?.items ?? [], policies.data ?? []);
  return (
    <Section title={t('payout-policy.title')} help={t('payout-policy.help')}>
      {policies.isError && <ErrorNotice error={policies.error} retry={() => void policies.refetch()} />}
      {policies.isPending && <RowsLoading />}
      {policies.data !== undefined && (
        <DataTable
          label={t('payout-policy.title')}
          rows={rows}
          columns={columns}
          rowKey={({ party, rule }) => `${party.condominiumId}/${rule?.validFrom ?? ''}`}
          testId="payout-policies"
        />
      )}
      {changing !== null && (
        <PayoutPolicyDialog party={changing.party} before={changing.rule} close={() => setChanging(null)} />
      )}
    </Section>
  );
}

function rowsOf(owed: readonly Owed[], rules: readonly PayoutPolicyRule[]): PolicyRow[] {
  const parties = new Map(owed.toReversed().map((party) => [party.condominiumId, party]));
  return [...parties.values()].toReversed().flatMap((party): PolicyRow[] => {
    const own = rules.filter(({ condominiumId }) => condominiumId === party.condominiumId);
    return own.length === 0 ? [{ party, rule: null }] : own.map((rule) => ({ party, rule }));
  });
}

function columnsOf({ t, money, day, language }: Words, change: ((row: PolicyRow) => void) | null): Column<PolicyRow>[] {
  return [
    {
      id: 'condominium',
      header: t('payouts.condominium'),
      render: ({ party }) => party.condominiumName,
      sort: ({ party, rule }) => `${party.condominiumName} ${rule?.validFrom ?? ''}`,
      card: 'head',
    },
    {
      id: 'from',
      header: t('payout-policy.from'),
      render: ({ rule }) => (rule === null ? t('payout-policy.none') : day(rule.validFrom)),
      sort: ({ rule }) => rule?.validFrom ?? '',
    },
    {
      id: 'percent',
      header: t('payout-policy.percent'),
      align: 'right',
      render: ({ rule }) => (rule === null ? '' : formatPermyriad(rule.feePermyriad, language)),
    },
    {
      id: 'per-month',
      header: t('payout-policy.per-month'),
      align: 'right',
      render: ({ party, rule }) => (rule === null ? '' : money(rule.feePerMonthCents, party.currency)),
    },
    {
      id: 'day',
      header: t('payout-policy.day'),
      align: 'right',
      render: ({ rule }) => (rule === null ? '' : (rule.proposeOnDay ?? t('payout-policy.day.none'))),
    },
    {
      id: 'change',
      header: '',
      render: (row) =>
        change === null ? null : (
          <Button size="xs" variant="default" onClick={() => change(row)} data-testid="change-payout-policy">
            {t('payout-policy.set')}
          </Button>
        ),
    },
  ];
}
