import { Anchor, Badge, Button, FileInput, Group, Stack, Text, TextInput } from '@mantine/core';
import { IconFileImport } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { SepaBatch, StatusAnswer } from '#apps/backoffice/api-types.js';

import { base64Of } from '../../api/file-content.js';
import { Intent } from '../../api/intent.js';
import { sepaBatchesQuery } from '../../api/queries.js';
import { fileUrl, write } from '../../api/request.js';
import { Refusal, sayDone, useAsk } from '../../parts/action-dialog.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';

type Act = (batch: SepaBatch, action: 'sent' | 'withdraw') => void;

/** Direct debits by the issuer's own bank: made, downloaded, given to the bank, and the bank's answer read. */
export function SepaFiles({ issuerId }: { readonly issuerId: string }) {
  const words = useWords();
  const { t } = words;
  const batches = useQuery(sepaBatchesQuery(issuerId));
  const act = useAct();
  const columns = useMemo(() => columnsOf(words, act), [words, act]);
  return (
    <Section title={t('sepa.title')} help={t('sepa.help')}>
      <Stack gap="md">
        <Group align="flex-end">
          <Create issuerId={issuerId} />
          <Report issuerId={issuerId} />
        </Group>
        {(batches.data ?? []).length > 0 && (
          <DataTable
            label={t('sepa.title')}
            rows={batches.data ?? []}
            columns={columns}
            rowKey={({ batchId }) => batchId}
            testId="sepa-batches"
          />
        )}
      </Stack>
    </Section>
  );
}

function Create({ issuerId }: { readonly issuerId: string }) {
  const { t, money } = useWords();
  const client = useQueryClient();
  const [collectionDate, setCollectionDate] = useState('');
  const [intent] = useState(() => new Intent());
  const make = useMutation({
    mutationFn: () => {
      const body = { issuerId, collectionDate };
      return intent.once(JSON.stringify(body), (key) => write<SepaBatch>('POST', '/sepa/batches', body, key));
    },
    onSuccess: async (ran) => {
      if (ran === null) return;
      const { debits, sumCents } = ran.answer;
      sayDone(t('done.title'), t('sepa.made', { count: debits, sum: money(sumCents, 'EUR') }));
      await client.invalidateQueries();
    },
  });
  return (
    <Stack gap={4}>
      <Group align="flex-end">
        <TextInput
          type="date"
          label={t('sepa.date')}
          value={collectionDate}
          onChange={(event) => setCollectionDate(event.currentTarget.value)}
        />
        <Button
          disabled={collectionDate === ''}
          loading={make.isPending}
          onClick={() => make.mutate()}
          data-testid="sepa-create"
        >
          {t('sepa.create')}
        </Button>
      </Group>
      {make.error !== null && <Refusal error={make.error} />}
    </Stack>
  );
}

function Report({ issuerId }: { readonly issuerId: string }) {
  const { t } = useWords();
  const client = useQueryClient();
  const send = useMutation({
    mutationFn: async (file: File) => {
      const body = { issuerId, fileName: file.name, contentBase64: await base64Of(file) };
      return write<StatusAnswer>('POST', '/sepa/reports', body);
    },
    onSuccess: async ({ accepted, rejected }) => {
      sayDone(t('done.title'), t('sepa.report.read', { accepted, rejected }));
      await client.invalidateQueries();
    },
  });
  return (
    <Stack gap={4}>
      <FileInput
        label={t('sepa.report')}
        placeholder={t('import.file.choose')}
        accept=".xml"
        leftSection={<IconFileImport size={18} aria-hidden />}
        value={null}
        onChange={(file) => {
          if (file !== null) send.mutate(file);
        }}
        disabled={send.isPending}
        data-testid="sepa-report"
      />
      {send.error !== null && <Refusal error={send.error} />}
    </Stack>
  );
}

function useAct(): Act {
  const { t, money, day } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  return useMemo(
    () => (batch, action) =>
      ask({
        title: t(`sepa.${action}`),
        body: `${batch.messageId} · ${day(batch.collectionDate)} · ${money(batch.sumCents, 'EUR')}. ${t(`sepa.${action}.help`)}`,
        confirm: t(`sepa.${action}`),
        run: async (_answers, key) => {
          await write('POST', `/sepa/batches/${batch.batchId}/${action}`, {}, key);
          await client.invalidateQueries();
        },
        done: t('bank.decided'),
      }),
    [t, money, day, ask, client],
  );
}

function columnsOf({ t, day, money, count }: Words, act: Act): Column<SepaBatch>[] {
  return [
    {
      id: 'date',
      header: t('sepa.date'),
      render: ({ collectionDate }) => day(collectionDate),
      sort: ({ collectionDate }) => collectionDate,
      card: 'head',
    },
    { id: 'state', header: t('bank.state'), render: ({ state }) => <Badge>{t(`sepa-state.${state}`)}</Badge> },
    { id: 'debits', header: t('sepa.debits'), align: 'right', render: ({ debits }) => count(debits) },
    { id: 'sum', header: t('bank.amount'), align: 'right', render: ({ sumCents }) => money(sumCents, 'EUR') },
    {
      id: 'came',
      header: t('sepa.outcome'),
      render: ({ settled, rejected, returned }) => (
        <Text size="sm">{t('sepa.outcome.counts', { settled, rejected, returned })}</Text>
      ),
    },
    {
      id: 'deeds',
      header: t('sepa.file'),
      render: (batch) => (
        <Group gap="xs">
          {batch.fileId !== null && (
            <Anchor href={fileUrl(batch.fileId)} download size="sm">
              {t('sepa.download')}
            </Anchor>
          )}
          {batch.state === 'written' && (
            <>
              <Button size="compact-xs" onClick={() => act(batch, 'sent')}>
                {t('sepa.sent')}
              </Button>
              <Button size="compact-xs" variant="subtle" color="red" onClick={() => act(batch, 'withdraw')}>
                {t('sepa.withdraw')}
              </Button>
            </>
          )}
        </Group>
      ),
    },
  ];
}
