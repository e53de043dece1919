import { Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import type { Customer } from '#apps/backoffice/api-types.js';

import { customersQuery } from '../../api/queries.js';
import { useWords } from '../../texts/language.js';

interface CustomerSelectProps {
  readonly label: string;
  readonly customerId: string | null;
  readonly choose: (customerId: string | null) => void;
  readonly error: ReactNode;
  /** Nobody may be chosen, too; `before`: who was until now. */
  readonly optional?: { readonly before: Named | null };
}

type Named = Pick<Customer, 'id' | 'name'>;

const labelOf = ({ id, name }: Named): string => `${name} · ${id}`;

/** One customer, found by what one types: number, name, e-mail or spot. The server looks; the list is what it found. */
export function CustomerSelect({ label, customerId, choose, error, optional }: CustomerSelectProps) {
  const { t } = useWords();
  const [words, setWords] = useState('');
  const [chosen, setChosen] = useState<Named | null>(optional?.before ?? null);
  const [asked] = useDebouncedValue(words.trim(), 250);
  const q = asked === '' || (chosen !== null && asked === labelOf(chosen)) ? null : asked;
  const found = useInfiniteQuery({
    ...customersQuery({ installation: null, q }),
    placeholderData: keepPreviousData,
  });
  const customers = found.data?.pages.flatMap(({ items }) => items) ?? [];
  const isListed = chosen === null || customers.some(({ id }) => id === chosen.id);
  const options = isListed ? customers : [chosen, ...customers];
  return (
    <Select
      label={label}
      placeholder={t('customers.search')}
      data={options.map((customer) => ({ value: customer.id, label: labelOf(customer) }))}
      filter={({ options: all }) => all}
      value={customerId}
      onChange={(id) => {
        setChosen(options.find((customer) => customer.id === id) ?? null);
        choose(id);
      }}
      searchable
      searchValue={words}
      onSearchChange={setWords}
      nothingFoundMessage={t('customers.empty.filtered')}
      rightSection={found.isFetching ? <Loader size="xs" /> : null}
      error={error}
      {...(optional === undefined ? { required: true, 'data-autofocus': true } : { clearable: true })}
    />
  );
}
