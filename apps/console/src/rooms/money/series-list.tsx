import { Button, Code, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState, type FormEvent } from 'react';

import type { DocumentSeries, SeriesOverview } from '#apps/backoffice/api-types.js';

import { seriesQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { sayDone } from '../../parts/action-dialog.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { errorWords } from '../../parts/error-words.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

/** The series of each issuer and type, with the codes that the tax authority answered. */
export function SeriesList({ series }: { readonly series: readonly DocumentSeries[] }) {
  const words = useWords();
  const { t } = words;
  const [entering, setEntering] = useState<DocumentSeries | null>(null);
  const columns = useMemo(() => columnsOf(words, setEntering), [words]);
  return (
    <Section title={t('documents.series')} help={t('documents.series.help')}>
      <DataTable
        label={t('documents.series')}
        rows={series}
        columns={columns}
        rowKey={(row) => `${row.issuerId} ${row.type} ${row.code}`}
        testId="document-series"
      />
      {entering !== null && <EnterCode series={entering} close={() => setEntering(null)} />}
    </Section>
  );
}

function EnterCode({ series, close }: { readonly series: DocumentSeries; readonly close: () => void }) {
  const words = useWords();
  const { t } = words;
  const [validationCode, setCode] = useState('');
  const queries = useQueryClient();
  const register = useMutation({
    mutationFn: () => {
      const { issuerId, type, code } = series;
      return write<SeriesOverview>('POST', '/series', { issuerId, type, code, validationCode });
    },
    onSuccess: (overview) => {
      queries.setQueryData(seriesQuery.queryKey, overview);
      sayDone(t('documents.register'), `${series.type} ${series.code}: ${validationCode}`);
      close();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    register.mutate();
  };
  return (
    <Modal opened onClose={close} title={`${t('documents.register')}: ${series.type} ${series.code}`}>
      <form onSubmit={submit}>
        <Stack gap="sm">
          <Text size="sm">{t('documents.register.help', { issuer: series.issuerName })}</Text>
          <TextInput
            label={t('documents.validation-code')}
            value={validationCode}
            onChange={(event) => setCode(event.currentTarget.value.toUpperCase().trim())}
            error={register.isError ? errorWords(words, register.error).text : undefined}
            required
            data-autofocus
            data-testid="validation-code"
          />
          <Group justify="flex-end">
            <Button type="submit" loading={register.isPending} disabled={validationCode === ''}>
              {t('documents.register')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function columnsOf({ t, count }: Words, enter: (series: DocumentSeries) => void): Column<DocumentSeries>[] {
  return [
    {
      id: 'series',
      header: t('documents.series-name'),
      render: ({ type, code, issuerName }) => (
        <>
          {type} {code}
          <Text size="xs" c="dimmed">
            {nameOf(t, 'documents.type', type)} · {issuerName}
          </Text>
        </>
      ),
      plain: ({ type, code }) => `${type} ${code}`,
      sort: ({ code, type }) => `${code} ${type}`,
      card: 'head',
    },
    {
      id: 'last',
      header: t('documents.last-number'),
      align: 'right',
      render: ({ lastNumber }) => count(lastNumber),
      plain: ({ lastNumber }) => lastNumber,
      sort: ({ lastNumber }) => lastNumber,
    },
    {
      id: 'code',
      header: t('documents.validation-code'),
      render: (row) =>
        row.validationCode === null ? (
          <Button size="compact-sm" variant="default" onClick={() => enter(row)} data-testid={`register-${row.type}`}>
            {t('documents.register')}
          </Button>
        ) : (
          <Code>{row.validationCode}</Code>
        ),
      plain: ({ validationCode }) => validationCode ?? '',
      sort: ({ validationCode }) => validationCode ?? '',
    },
  ];
}
