import { Alert, Badge, Button, Group, Text } from '@mantine/core';
import { IconListSearch } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { Adjustment, AdjustmentDecisionName, FoundDifferences } from '#apps/backoffice/api-types.js';

import { monthAdjustmentsQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { Refusal, useAsk } from '../../parts/action-dialog.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

interface AdjustmentsProps {
  readonly cycleId: string;
  readonly currency: string;
  readonly steer: boolean;
}

/** What the billed month should have been, less what was billed: found, decided by a person, issued later. */
export function Adjustments({ cycleId, currency, steer }: AdjustmentsProps) {
  const words = useWords();
  const { t } = words;
  const adjustments = useQuery(monthAdjustmentsQuery(cycleId));
  const decide = useDecide(cycleId);
  const columns = useMemo(() => columnsOf(words, steer ? decide : null), [words, steer, decide]);
  const rows = adjustments.data ?? [];
  const proposed = rows.filter(({ state }) => state === 'proposed');
  return (
    <Section title={t('adjustments.title')} help={t('adjustments.help')}>
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('adjustments.none')}
        </Text>
      ) : (
        <DataTable
          label={t('adjustments.title')}
          rows={rows}
          columns={columns}
          rowKey={({ adjustmentId }) => adjustmentId}
          testId="adjustments"
        />
      )}
      {steer && proposed.length > 1 && <DecideAll cycleId={cycleId} proposed={proposed} currency={currency} />}
      {steer && <Look cycleId={cycleId} />}
    </Section>
  );
}

type Deed = AdjustmentDecisionName | 'credit-note';
type Decide = (adjustment: Adjustment, deed: Deed) => void;

function useDecide(cycleId: string): Decide {
  const { t, money } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  return useMemo(
    () => (adjustment, decision) => {
      const label = t(`adjustment-decision.${decision}`);
      ask({
        title: label,
        body: t(`adjustment-decision.${decision}.ask`, {
          customer: adjustment.customerName,
          amount: money(adjustment.netCents, adjustment.currency),
        }),
        confirm: label,
        needsReason: decision === 'dismiss' || decision === 'credit-note',
        done: t(`adjustment-decision.${decision}.done`),
        run: async ({ reason }, key) => {
          const body = reason === '' ? {} : { reason };
          await write('POST', `/adjustments/${encodeURIComponent(adjustment.adjustmentId)}/${decision}`, body, key);
          await client.invalidateQueries({ queryKey: ['month-adjustments', cycleId] });
        },
      });
    },
    [t, money, ask, client, cycleId],
  );
}

interface DecideAllProps {
  readonly cycleId: string;
  readonly proposed: readonly Adjustment[];
  readonly currency: string;
}

/** One decision on all proposals of the month: after a corrected price list there is one for each customer. */
function DecideAll({ cycleId, proposed, currency }: DecideAllProps) {
  const { t, money } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const amount = money(
    proposed.reduce((sum, { netCents }) => sum + netCents, 0),
    currency,
  );
  const decideAll = (decision: 'accept' | 'dismiss') =>
    ask({
      title: t(`adjustments.${decision}-all`),
      body: t(`adjustments.${decision}-all.ask`, { count: proposed.length, amount }),
      confirm: t(`adjustments.${decision}-all`),
      needsReason: decision === 'dismiss',
      done: t(`adjustments.${decision}-all.done`),
      run: async ({ reason }, key) => {
        const body = reason === '' ? {} : { reason };
        await write('POST', `/months/${encodeURIComponent(cycleId)}/adjustments/${decision}`, body, key);
        await client.invalidateQueries({ queryKey: ['month-adjustments', cycleId] });
      },
    });
  return (
    <Group mt="md">
      <Button onClick={() => decideAll('accept')} data-testid="accept-all-adjustments">
        {t('adjustments.accept-all')}
      </Button>
      <Button variant="default" onClick={() => decideAll('dismiss')}>
        {t('adjustments.dismiss-all')}
      </Button>
    </Group>
  );
}

/** Looks for differences first, and keeps them as proposals only when asked to. */
function Look({ cycleId }: { readonly cycleId: string }) {
  const { t, money } = useWords();
  const client = useQueryClient();
  const path = `/months/${encodeURIComponent(cycleId)}/adjustments`;
  const look = useMutation({ mutationFn: () => write<FoundDifferences>('POST', path, { dryRun: true }) });
  const keep = useMutation({
    mutationFn: () => write<FoundDifferences>('POST', path, { dryRun: false }),
    onSuccess: async () => {
      look.reset();
      await client.invalidateQueries({ queryKey: ['month-adjustments', cycleId] });
    },
  });
  const found = look.data;
  const sumCents = (found?.customers ?? []).reduce((sum, { netCents }) => sum + netCents, 0);
  return (
    <>
      <Group mt="md">
        <Button
          variant="default"
          leftSection={<IconListSearch size={17} aria-hidden />}
          loading={look.isPending}
          onClick={() => look.mutate()}
          data-testid="look-for-differences"
        >
          {t('adjustments.look')}
        </Button>
      </Group>
      <div aria-live="polite">
        {(look.error ?? keep.error) !== null && <Refusal error={look.error ?? keep.error} />}
        {typeof found?.refused === 'string' && (
          <Alert color="orange" mt="sm">
            {t('adjustments.refused', { why: nameOf(t, 'cause', found.refused) })}
          </Alert>
        )}
        {found !== undefined && found.refused === null && (
          <Alert color={found.customers.length === 0 ? 'mar' : 'orange'} mt="sm" data-testid="differences">
            {t('adjustments.found', { count: found.customers.length, sum: money(sumCents, found.currency) })}
            {found.customers.length > 0 && (
              <Group mt="sm">
                <Button size="xs" loading={keep.isPending} onClick={() => keep.mutate()}>
                  {t('adjustments.keep')}
                </Button>
              </Group>
            )}
          </Alert>
        )}
      </div>
    </>
  );
}

const COLOURS: Record<Adjustment['state'], string> = {
  proposed: 'orange',
  accepted: 'blue',
  dismissed: 'gray',
  billed: 'mar',
};
const DECISIONS: Record<Adjustment['state'], readonly Deed[]> = {
  proposed: ['accept', 'dismiss'],
  accepted: ['credit-note', 'reconsider'],
  dismissed: ['reconsider'],
  billed: [],
};

function columnsOf(words: Words, decide: Decide | null): Column<Adjustment>[] {
  const { t, money, instant } = words;
  return [
    {
      id: 'customer',
      header: t('invoice.customer'),
      render: ({ customerName }) => customerName,
      sort: ({ customerName }) => customerName,
      card: 'head',
    },
    {
      id: 'amount',
      header: t('adjustments.amount'),
      align: 'right',
      render: ({ netCents, currency }) => (netCents > 0 ? '+' : '') + money(netCents, currency),
      sort: ({ netCents }) => netCents,
    },
    {
      id: 'lines',
      header: t('adjustments.lines'),
      render: (adjustment) => <Lines adjustment={adjustment} words={words} />,
    },
    {
      id: 'why',
      header: t('adjustments.why'),
      render: ({ reasons }) => reasons.map((reason) => nameOf(t, 'adjustment-reason', reason)).join(', '),
    },
    {
      id: 'state',
      header: t('invoice.state'),
      render: ({ state, number, decidedBy, decidedAt }) => (
        <>
          <Badge color={COLOURS[state]}>{t(`adjustment-state.${state}`)}</Badge>
          <Text size="xs" c="dimmed">
            {number ??
              (decidedBy === null || decidedAt === null
                ? ''
                : t('adjustments.decided', { by: decidedBy, at: instant(decidedAt) }))}
          </Text>
        </>
      ),
      sort: ({ state }) => state,
    },
    {
      id: 'decide',
      header: '',
      render: (adjustment) => {
        const isCarried = adjustment.reasons.includes('credit-carried');
        const deeds = DECISIONS[adjustment.state].filter((deed) => deed !== 'credit-note' || adjustment.netCents < 0);
        if (decide === null || isCarried || deeds.length === 0) return null;
        return (
          <Group gap={6} wrap="nowrap">
            {deeds.map((decision) => (
              <Button key={decision} size="xs" variant="default" onClick={() => decide(adjustment, decision)}>
                {t(`adjustment-decision.${decision}`)}
              </Button>
            ))}
          </Group>
        );
      },
    },
  ];
}

function Lines({ adjustment, words }: { readonly adjustment: Adjustment; readonly words: Words }) {
  const { t, kWh, money } = words;
  const { lines, currency } = adjustment;
  return (
    <details>
      <summary>{t('adjustments.lines.count', { count: lines.length })}</summary>
      {lines.map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- the lines of one adjustment stay in their order
        <Text key={index} size="xs" className="cz-figures">
          {[line.label, line.interval, line.wh === null ? null : kWh(line.wh)]
            .filter((part) => part !== null)
            .join(' · ')}
          : {money(line.netCents, currency)}
        </Text>
      ))}
    </details>
  );
}
