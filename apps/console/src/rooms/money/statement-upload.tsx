import { Alert, Button, FileInput, Group, Loader, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconFileImport, IconUpload } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { StatementAnswer } from '#apps/backoffice/api-types.js';

import { base64Of } from '../../api/file-content.js';
import { Intent } from '../../api/intent.js';
import { write } from '../../api/request.js';
import { Refusal, sayDone } from '../../parts/action-dialog.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';

/** A statement is chosen, looked at, and only then imported. */
export function StatementUploadCard({ issuerId }: { readonly issuerId: string }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [intent] = useState(() => new Intent());
  const look = useMutation({ mutationFn: (chosen: File) => send(issuerId, chosen, true) });
  const run = useMutation({
    mutationFn: (chosen: File) => intent.once(chosen.name, (key) => send(issuerId, chosen, false, key)),
    onSuccess: async (ran) => {
      if (ran === null || !ran.answer.imported) return;
      sayDone(t('done.title'), t('bank.imported', { matched: ran.answer.matched, left: ran.answer.left }));
      setFile(null);
      look.reset();
      await client.invalidateQueries();
    },
  });
  const choose = (chosen: File | null): void => {
    setFile(chosen);
    look.reset();
    run.reset();
    if (chosen !== null) look.mutate(chosen);
  };
  const answer = look.data;
  const error = run.error ?? look.error;
  return (
    <Section title={t('bank.upload')} help={t('bank.upload.help')}>
      <Stack gap="md">
        <FileInput
          label={t('bank.file')}
          placeholder={t('import.file.choose')}
          accept=".xml,.csv,.txt"
          leftSection={<IconFileImport size={18} aria-hidden />}
          value={file}
          onChange={choose}
          clearable
          maw={420}
          data-testid="statement-file"
        />
        <div aria-live="polite">
          {(look.isPending || run.isPending) && (
            <Group gap="sm">
              <Loader size="sm" />
              <Text size="sm">{t(run.isPending ? 'import.running' : 'bank.looking')}</Text>
            </Group>
          )}
          {error !== null && <Refusal error={error} />}
          {answer !== undefined && file !== null && !run.isPending && <Preview answer={answer} />}
        </div>
        {answer !== undefined && file !== null && answer.problems.length === 0 && (
          <Group>
            <Button
              leftSection={<IconUpload size={17} aria-hidden />}
              onClick={() => run.mutate(file)}
              loading={run.isPending}
              data-testid="statement-import"
            >
              {t('import.confirm')}
            </Button>
          </Group>
        )}
      </Stack>
    </Section>
  );
}

async function send(issuerId: string, file: File, dryRun: boolean, key?: string): Promise<StatementAnswer> {
  const body = { issuerId, fileName: file.name, contentBase64: await base64Of(file) };
  return write<StatementAnswer>('POST', `/bank/statements${dryRun ? '?dryRun=true' : ''}`, body, key);
}

function Preview({ answer: { problems, statements } }: { readonly answer: StatementAnswer }) {
  const { t, money, day } = useWords();
  if (problems.length > 0) {
    return (
      <Alert color="red" icon={<IconAlertTriangle />} title={t('import.problems', { count: problems.length })}>
        {problems.map(({ row, column, message }) => (
          <Text key={`${row} ${column ?? ''} ${message}`} size="sm">
            {row === 0 ? t('import.row.file') : t('import.row.number', { row })}
            {column === null ? '' : `, ${column}`}: {message}
          </Text>
        ))}
      </Alert>
    );
  }
  return (
    <Stack gap="xs" data-testid="statement-preview">
      {statements.map((statement) => {
        const { openedOn, closedOn, currency, gapCents } = statement;
        return (
          <div key={`${openedOn} ${closedOn}`}>
            <Text size="sm">
              {t('bank.preview', {
                from: day(openedOn),
                to: day(closedOn),
                lines: statement.lines,
                fresh: statement.newLines,
                came: money(statement.creditCents, currency),
                went: money(-statement.debitCents, currency),
              })}
            </Text>
            {statement.openingCents === null && (
              <Text size="sm" c="dimmed">
                {t('bank.no-balance')}
              </Text>
            )}
            {gapCents !== null && (
              <Text size="sm" c="var(--cz-warn)" fw={600}>
                {t('bank.gap', { balance: money(gapCents, currency) })}
              </Text>
            )}
          </div>
        );
      })}
    </Stack>
  );
}
