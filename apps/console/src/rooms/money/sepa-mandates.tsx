import { Button, Group, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { keepPreviousData, useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { SepaMandateState, StoredMandate } from '#apps/backoffice/api-types.js';

import { sepaMandatesQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useAsk } from '../../parts/action-dialog.js';
import { DataTable } from '../../parts/data-table.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { mandateColumns } from './sepa-mandate-columns.js';
import { SepaMandateDialog } from './sepa-mandate-dialog.js';

const STATES: readonly SepaMandateState[] = ['active', 'inactive', 'all'];

/** Who has allowed the issuer's own bank to debit them: looked for, registered, ended. */
export function SepaMandates({ issuerId }: { readonly issuerId: string }) {
  const words = useWords();
  const { t } = words;
  const [state, setState] = useState<SepaMandateState>('active');
  const [text, setText] = useState('');
  const [asked] = useDebouncedValue(text.trim(), 250);
  const [registers, setRegisters] = useState(false);
  const list = useInfiniteQuery({
    ...sepaMandatesQuery(issuerId, { state, words: asked }),
    placeholderData: keepPreviousData,
  });
  const end = useEnd();
  const columns = useMemo(() => mandateColumns(words, end), [words, end]);
  const rows = list.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section
      title={t('sepa-mandate.title')}
      help={t('sepa-mandate.help')}
      aside={
        <Button onClick={() => setRegisters(true)} data-testid="new-sepa-mandate">
          {t('sepa-mandate.new')}
        </Button>
      }
    >
      <Stack gap="md">
        <Group gap="sm">
          <TextInput
            aria-label={t('app.search')}
            placeholder={t('sepa-mandate.search')}
            leftSection={<IconSearch size={17} aria-hidden />}
            type="search"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maxLength={100}
            w={280}
            maw="100%"
          />
          <SegmentedControl
            aria-label={t('bank.state')}
            data={STATES.map((each) => ({ value: each, label: t(`sepa-mandate.state.${each}`) }))}
            value={state}
            onChange={(value) => setState(STATES.find((each) => each === value) ?? 'active')}
          />
        </Group>
        {list.isError && <ErrorNotice error={list.error} retry={() => void list.refetch()} />}
        {list.isPending && <RowsLoading />}
        {list.data !== undefined && rows.length === 0 && (
          <Text size="sm" c="dimmed">
            {t(asked === '' ? 'sepa-mandate.none' : 'sepa-mandate.none-found')}
          </Text>
        )}
        {rows.length > 0 && (
          <DataTable
            label={t('sepa-mandate.title')}
            rows={rows}
            columns={columns}
            rowKey={({ mandateId }) => mandateId}
            testId="sepa-mandates"
          />
        )}
        {list.hasNextPage && (
          <Group justify="center">
            <Button variant="default" loading={list.isFetchingNextPage} onClick={() => void list.fetchNextPage()}>
              {t('app.more')}
            </Button>
          </Group>
        )}
      </Stack>
      {registers && <SepaMandateDialog issuerId={issuerId} close={() => setRegisters(false)} />}
    </Section>
  );
}

function useEnd(): (mandate: StoredMandate) => void {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  return useMemo(
    () =>
      ({ mandateId, customerName, reference, ibanLast4 }) =>
        ask({
          title: t('sepa-mandate.end.title'),
          body: t('sepa-mandate.end.ask', { customer: customerName, reference, last4: ibanLast4 }),
          confirm: t('sepa-mandate.end'),
          colour: 'red',
          needsReason: true,
          run: async ({ reason }, key) => {
            await write('POST', `/sepa/mandates/${mandateId}/end`, { reason }, key);
            await client.invalidateQueries();
          },
          done: t('sepa-mandate.end.done'),
        }),
    [t, ask, client],
  );
}
