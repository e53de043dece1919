import { Anchor, Button, Card, Group, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilterOff, IconSearch, IconUsers } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, keepPreviousData } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link, useSearchParams } from 'react-router';

import type { Customer } from '#apps/backoffice/api-types.js';

import { customersQuery, installationsQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { DataTable, ExportButton, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

/** Who charges, and who owes. */
export function Customers() {
  const words = useWords();
  const { t } = words;
  const [search, setSearch] = useSearchParams();
  const filters = { installation: search.get('installation'), q: search.get('q') };
  const list = useInfiniteQuery({ ...customersQuery(filters), placeholderData: keepPreviousData });
  const columns = useMemo(() => columnsOf(words), [words]);
  const customers = list.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = filters.installation !== null || filters.q !== null;

  const set = (name: string, value: string | null): void =>
    setSearch(
      (now) => {
        const next = new URLSearchParams(now);
        if (value === null || value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );

  return (
    <>
      <PageHeader title={t('customers.title')} lead={t('customers.lead')}>
        <ExportButton fileName="clientes.csv" rows={customers} columns={columns} />
      </PageHeader>
      <Filters installation={filters.installation} q={filters.q ?? ''} set={set} />
      {list.isPending && <RowsLoading rows={8} />}
      {list.isError && list.data === undefined && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
      {list.data !== undefined && (
        <Card>
          {customers.length === 0 ? (
            <EmptyState
              icon={filtered ? IconFilterOff : IconUsers}
              title={t(filtered ? 'customers.empty.filtered' : 'customers.empty')}
              help={t(filtered ? 'months.empty.filtered.help' : 'customers.empty.help')}
            />
          ) : (
            <DataTable
              label={t('customers.title')}
              rows={customers}
              columns={columns}
              rowKey={(customer) => customer.id}
              testId="customers"
            />
          )}
          {list.hasNextPage && (
            <Group justify="center" mt="md">
              <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
                {t('app.more')}
              </Button>
            </Group>
          )}
        </Card>
      )}
    </>
  );
}

interface FiltersProps {
  readonly installation: string | null;
  readonly q: string;
  readonly set: (name: string, value: string | null) => void;
}

function Filters({ installation, q, set }: FiltersProps) {
  const { t } = useWords();
  const installations = useQuery(installationsQuery);
  const [text, setText] = useState(q);
  const setSoon = useDebouncedCallback((value: string) => set('q', value.trim()), 250);
  return (
    <Group mb="lg" gap="sm">
      <TextInput
        aria-label={t('app.search')}
        placeholder={t('customers.search')}
        leftSection={<IconSearch size={17} aria-hidden />}
        type="search"
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          setSoon(event.currentTarget.value);
        }}
        w={280}
        maw="100%"
      />
      <Select
        aria-label={t('months.filter.installation')}
        placeholder={t('months.filter.installation.all')}
        data={(installations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
        value={installation}
        onChange={(value) => set('installation', value)}
        clearable
        searchable
        w={280}
        maw="100%"
      />
    </Group>
  );
}

function columnsOf({ t, money }: Words): Column<Customer>[] {
  return [
    {
      id: 'name',
      header: t('customer.name'),
      render: (customer) => (
        <Anchor component={Link} to={paths.customer(customer.id)} fw={550} size="sm">
          {customer.name}
        </Anchor>
      ),
      sort: (customer) => customer.name,
      plain: (customer) => customer.name,
      card: 'head',
    },
    {
      id: 'spots',
      header: t('customer.spots'),
      render: (customer) => (customer.spots.length === 0 ? t('app.none') : customer.spots.join(', ')),
      sort: (customer) => customer.spots[0] ?? '',
      plain: (customer) => customer.spots.join(', '),
    },
    {
      id: 'email',
      header: t('customer.email'),
      render: (customer) => customer.email ?? t('app.none'),
      sort: (customer) => customer.email ?? '',
      plain: (customer) => customer.email,
    },
    {
      id: 'payment',
      header: t('customer.payment'),
      render: (customer) => nameOf(t, 'method', customer.paymentMethod),
      sort: (customer) => customer.paymentMethod,
      plain: (customer) => nameOf(t, 'method', customer.paymentMethod),
    },
    {
      id: 'balance',
      header: t('customer.balance'),
      align: 'right',
      render: (customer) =>
        customer.balanceCents === 0 ? (
          <Text size="sm" c="dimmed">
            {t('app.none')}
          </Text>
        ) : (
          <strong>{money(customer.balanceCents, customer.currency)}</strong>
        ),
      sort: (customer) => customer.balanceCents,
      plain: (customer) => money(customer.balanceCents, customer.currency),
    },
  ];
}
