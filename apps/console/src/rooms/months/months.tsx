import { Button, Card, Group, SegmentedControl, Select, Text } from '@mantine/core';
import { IconCalendarMonth, IconCircleCheck, IconFilterOff, IconPlus } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';

import type { Month, RoleName } from '#apps/backoffice/api-types.js';

import { installationsQuery, monthsQuery } from '../../api/queries.js';
import { useSession } from '../../app/session.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useNowMs } from '../../parts/now.js';
import { PageHeader } from '../../parts/page-header.js';
import { useWords } from '../../texts/language.js';
import type { Translate } from '../../texts/translate.js';
import { byUrgency, maySteer, monthGroup, type MonthGroup } from '../../wording/month.js';
import { MonthRow } from './month-row.js';
import { PayoutsNeed } from './payouts-need.js';
import { lastPeriods, StartMonth } from './start-month.js';

import classes from './months.module.css';

const GROUPS = ['need-you', 'running', 'finished'] as const;
type StateFilter = MonthGroup | 'all';
const stateFilterOf = (text: string | null): StateFilter => GROUPS.find((group) => group === text) ?? 'all';

/** All months, what needs a person first. The filters are in the address, so that a view can be kept and sent. */
export function Months() {
  const { t } = useWords();
  const { user } = useSession();
  const [search, setSearch] = useSearchParams();
  const [starting, setStarting] = useState(false);
  const filters = { installation: search.get('installation'), period: search.get('period') };
  const state = stateFilterOf(search.get('state'));
  const steer = maySteer(user.role);

  const set = (name: string, value: string | null): void =>
    setSearch(
      (now) => {
        const next = new URLSearchParams(now);
        if (value === null || value === '' || value === 'all') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );

  return (
    <>
      <PageHeader title={t('months.title')} lead={t(steer ? 'months.lead' : 'months.lead.manager')}>
        {steer && (
          <Button leftSection={<IconPlus size={17} aria-hidden />} onClick={() => setStarting(true)}>
            {t('months.start')}
          </Button>
        )}
      </PageHeader>
      {steer && <PayoutsNeed />}
      <Filters filters={filters} state={state} set={set} />
      <MonthList
        filters={filters}
        state={state}
        clear={() => setSearch({}, { replace: true })}
        start={steer ? () => setStarting(true) : null}
      />
      {steer && <StartMonth opened={starting} close={() => setStarting(false)} />}
    </>
  );
}

interface FiltersProps {
  readonly filters: { readonly installation: string | null; readonly period: string | null };
  readonly state: StateFilter;
  readonly set: (name: string, value: string | null) => void;
}

/** What needs a person needs staff: to everybody else it only waits. */
function groupName(t: Translate, group: MonthGroup, role: RoleName): string {
  return t(group === 'need-you' && !maySteer(role) ? 'months.need-staff' : `months.${group}`);
}

function Filters({ filters, state, set }: FiltersProps) {
  const { t, period } = useWords();
  const { user } = useSession();
  const installations = useQuery(installationsQuery);
  const periods = [...new Set([...(filters.period === null ? [] : [filters.period]), ...lastPeriods(24)])]
    .sort()
    .reverse();
  return (
    <div className={classes.filters}>
      <SegmentedControl
        className={classes.states ?? ''}
        aria-label={t('months.filter.state')}
        value={state}
        onChange={(value) => set('state', value)}
        data={[
          { value: 'all', label: t('months.all') },
          ...GROUPS.map((group) => ({ value: group, label: groupName(t, group, user.role) })),
        ]}
      />
      <Select
        aria-label={t('months.filter.installation')}
        placeholder={t('months.filter.installation')}
        data={(installations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={filters.installation}
        onChange={(value) => set('installation', value)}
        clearable
        searchable
      />
      <Select
        aria-label={t('months.filter.period')}
        placeholder={t('months.filter.period')}
        data={periods.map((each) => ({ value: each, label: period(each) }))}
        value={filters.period}
        onChange={(value) => set('period', value)}
        clearable
        searchable
      />
    </div>
  );
}

interface MonthListProps {
  readonly filters: { readonly installation: string | null; readonly period: string | null };
  readonly state: StateFilter;
  readonly clear: () => void;
  readonly start: (() => void) | null;
}

function MonthList({ filters, state, clear, start }: MonthListProps) {
  const { t } = useWords();
  const nowMs = useNowMs();
  const list = useInfiniteQuery(monthsQuery(filters));

  if (list.data === undefined) {
    if (!list.isError) return <RowsLoading rows={5} height={92} />;
    return <ErrorNotice error={list.error} retry={() => void list.refetch()} />;
  }
  const months = list.data.pages.flatMap((page) => page.items).sort(byUrgency(nowMs));
  const groups = GROUPS.filter((group) => state === 'all' || state === group).map((group) => ({
    group,
    months: months.filter((month) => monthGroup(month, nowMs) === group),
  }));
  const filtered = filters.installation !== null || filters.period !== null || state !== 'all';

  if (groups.every((group) => group.months.length === 0)) {
    return (
      <Card>
        {filtered ? (
          <EmptyState icon={IconFilterOff} title={t('months.empty.filtered')} help={t('months.empty.filtered.help')}>
            <Button variant="light" mt="sm" onClick={clear}>
              {t('app.clear-filters')}
            </Button>
          </EmptyState>
        ) : (
          <EmptyState icon={IconCalendarMonth} title={t('months.empty')} help={t('months.empty.help')}>
            {start !== null && (
              <Button variant="light" mt="sm" onClick={start}>
                {t('months.start')}
              </Button>
            )}
          </EmptyState>
        )}
      </Card>
    );
  }
  return (
    <>
      {groups.map(({ group, months: members }) => (
        <MonthGroupList key={group} group={group} months={members} saysNone={group === 'need-you' && !filtered} />
      ))}
      {list.hasNextPage && (
        <Group justify="center">
          <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
            {t('app.more')}
          </Button>
        </Group>
      )}
    </>
  );
}

interface MonthGroupListProps {
  readonly group: MonthGroup;
  readonly months: readonly Month[];
  readonly saysNone: boolean;
}

function MonthGroupList({ group, months, saysNone }: MonthGroupListProps) {
  const { t } = useWords();
  const { user } = useSession();
  if (months.length === 0) {
    if (!saysNone || !maySteer(user.role)) return null;
    return (
      <Group gap={8} mb="lg" c="dimmed">
        <IconCircleCheck size={18} aria-hidden />
        <Text size="sm">{t('months.need-nobody')}</Text>
      </Group>
    );
  }
  return (
    <section className={classes.group} data-group={group} aria-label={groupName(t, group, user.role)}>
      <h2 className={classes.heading}>
        {groupName(t, group, user.role)} <span className={classes.count}>{months.length}</span>
      </h2>
      <ul className={classes.list}>
        {months.map((month) => (
          <MonthRow key={month.cycleId} month={month} />
        ))}
      </ul>
    </section>
  );
}
