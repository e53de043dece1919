import { Alert, Button, FileInput, Group, Loader, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconFileImport, IconUpload } from '@tabler/icons-react';

import type { StatementAnswer } from '#apps/backoffice/api-types.js';

import { base64Of } from '../../api/file-content.js';
import { Refusal } from '../../parts/action-dialog.js';
import { Section } from '../../parts/section.js';
import { useFileImport } from '../../parts/use-file-import.js';
import { useWords } from '../../texts/language.js';

/** A statement is chosen, looked at, and only then imported. */
export function StatementUploadCard({ issuerId }: { readonly issuerId: string }) {
  const { t } = useWords();
  const { file, choose, look, run, error } = useFileImport<StatementAnswer>({
    path: '/bank/statements',
    bodyOf: async (chosen) => ({ issuerId, fileName: chosen.name, contentBase64: await base64Of(chosen) }),
    done: ({ matched, left }) => t('bank.imported', { matched, left }),
    afterwards: () => choose(null),
  });
  const answer = look.data;
  return (
    <Section title={t('bank.upload')} help={t('bank.upload.help')}>
      <Stack gap="md">
        <FileInput
          label={t('bank.file')}
          placeholder={t('import.file.choose')}
          accept=".xml,.csv,.txt"
          leftSection={<IconFileImport size={18} aria-hidden />}
          value={file}
          onChange={(chosen) => choose(chosen)}
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
