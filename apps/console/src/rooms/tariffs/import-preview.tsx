import { Badge, Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMemo } from 'react';

import type { ImportAnswer } from '#apps/backoffice/api-types.js';

import { DataTable, type Column } from '../../parts/data-table.js';
import { useWords } from '../../texts/language.js';
import type { Words } from '../../texts/words.js';
import { effectText, importProblemText, importWhatText, sheetRow } from '../../wording/import.js';

import classes from './tariffs.module.css';

type Problem = ImportAnswer['problems'][number];
type Change = ImportAnswer['changes'][number];

/** What an import would do, or did: what is wrong first, else what changes and what that does to months. */
export function ImportPreview({ answer }: { readonly answer: ImportAnswer }) {
  const words = useWords();
  const { t } = words;
  const problemColumns = useMemo(() => columnsOfProblems(words), [words]);
  const changeColumns = useMemo(() => columnsOfChanges(words), [words]);
  const { problems, changes, created, changed, same } = answer;
  if (problems.length > 0) {
    return (
      <>
        <Text size="sm" mb="sm">
          {t('import.problems.help')}
        </Text>
        <DataTable
          label={t('import.problems', { count: problems.length })}
          rows={problems}
          columns={problemColumns}
          rowKey={({ row, column, message }) => `${row} ${column ?? ''} ${message}`}
          testId="import-problems"
        />
      </>
    );
  }
  const shown = created + changed;
  return (
    <div data-testid="import-preview">
      <Text size="sm" mb="sm">
        {t('import.counts', { created, changed, same })}
      </Text>
      <Effects answer={answer} />
      <Series answer={answer} />
      {changes.length > 0 && (
        <DataTable
          label={t('import.preview')}
          rows={changes}
          columns={changeColumns}
          rowKey={({ row, what }) => `${row} ${what}`}
          testId="import-changes"
        />
      )}
      {changes.length > 0 && shown > changes.length && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('import.more', { count: shown - changes.length })}
        </Text>
      )}
    </div>
  );
}

/** What the import does to open and billed months. */
function Effects({ answer }: { readonly answer: ImportAnswer }) {
  const words = useWords();
  const { t } = words;
  if (answer.effects.length === 0) return null;
  return (
    <>
      <h3 className={classes.subhead}>{t('import.effects')}</h3>
      <ul className={classes.effects} data-testid="import-effects">
        {answer.effects.map((effect) => {
          const isBad = effect.kind === 'billed' || effect.afterCents === null;
          return (
            <li key={`${effect.installationId} ${effect.period}`} data-bad={isBad}>
              {isBad && <IconAlertTriangle size={15} aria-hidden />} {effectText(words, effect)}
            </li>
          );
        })}
      </ul>
    </>
  );
}

function Series({ answer }: { readonly answer: ImportAnswer }) {
  const { t, instant } = useWords();
  const { series } = answer;
  if (series === null) return null;
  return (
    <>
      <Text size="sm">
        {t('import.series.span', { from: instant(series.from), to: instant(series.until) })}{' '}
        {series.rounded > 0 && t('import.series.rounded', { count: series.rounded })}
      </Text>
      <Text size="sm" {...(series.gapCount > 0 && { c: 'var(--cz-warn)', fw: 600 })}>
        {series.gapCount === 0 ? t('import.series.whole') : t('series.gap-count', { count: series.gapCount })}
      </Text>
      {series.gaps.map(({ from, to }) => (
        <Text key={from} size="xs">
          {t('series.from-to', { from: instant(from), to: instant(to) })}
        </Text>
      ))}
    </>
  );
}

function columnsOfProblems({ t }: Words): Column<Problem>[] {
  return [
    {
      id: 'row',
      header: t('import.row'),
      render: ({ row }) => (row === 0 ? t('import.row.file') : t('import.row.number', { row: sheetRow(row) })),
      sort: ({ row }) => row,
      card: 'head',
    },
    {
      id: 'column',
      header: t('import.column'),
      render: ({ column }) => (column === null ? null : <code>{column}</code>),
      sort: ({ column }) => column ?? '',
    },
    { id: 'message', header: t('import.problem'), render: (problem) => importProblemText(t, problem) },
  ];
}

function columnsOfChanges(words: Words): Column<Change>[] {
  const { t } = words;
  return [
    {
      id: 'row',
      header: t('import.row'),
      render: ({ row }) => t('import.row.number', { row: sheetRow(row) }),
      sort: ({ row }) => row,
    },
    {
      id: 'action',
      header: t('import.action'),
      render: ({ action }) => (
        <Badge color={action === 'create' ? 'mar' : 'blue'}>{t(`import.action.${action}`)}</Badge>
      ),
      sort: ({ action }) => action,
    },
    { id: 'what', header: t('import.what'), render: ({ what }) => importWhatText(words, what), card: 'head' },
  ];
}
