import { Code, List, Loader, Table, Text, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import type { ChargerCommand, ChargerCommandDetail } from '#apps/backoffice/api-types.js';

import { chargerCommandQuery } from '../../api/queries.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { useWords } from '../../texts/language.js';
import { textOf } from '../../texts/translate.js';

type Report = NonNullable<NonNullable<ChargerCommandDetail['followUp']>['report']>;

/** A device model has thousands of variables: more are found by their name. */
const SHOWN = 100;

interface FollowUpProps {
  readonly command: ChargerCommand;
  readonly timeZone: string;
}

/** What a charger has told about a command since it took it, looked up when somebody opens it. */
export function CommandFollowUp({ command, timeZone }: FollowUpProps) {
  const { t } = useWords();
  const [isOpen, setOpen] = useState(false);
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)} data-testid="follow-up">
      <summary style={{ fontSize: 12, cursor: 'pointer' }}>{t('command.follow-up')}</summary>
      {isOpen && <Told command={command} timeZone={timeZone} />}
    </details>
  );
}

function Told({ command, timeZone }: FollowUpProps) {
  const { t, instant } = useWords();
  const told = useQuery(chargerCommandQuery(command.chargerId, command.id));
  if (told.data === undefined) {
    if (!told.isError) return <Loader size="xs" />;
    return <ErrorNotice error={told.error} retry={() => void told.refetch()} />;
  }
  const { progress, report } = told.data.followUp ?? { progress: [], report: null };
  return (
    <>
      {progress.length === 0 && report === null && (
        <Text size="xs" c="dimmed">
          {t('command.follow-up.none')}
        </Text>
      )}
      <List listStyleType="none" size="xs">
        {progress.map(({ at, status }) => (
          <List.Item key={`${at} ${status}`}>
            {instant(at, timeZone)} · {textOf(t, 'command.progress', status) ?? status}
          </List.Item>
        ))}
      </List>
      {report !== null && <Reported report={report} />}
    </>
  );
}

function Reported({ report }: { readonly report: Report }) {
  const { t } = useWords();
  const { isComplete, variables, items } = report;
  return (
    <>
      {!isComplete && (
        <Text size="xs" c="dimmed" my={4}>
          {t('command.report.incomplete')}
        </Text>
      )}
      {variables.length > 0 && <Variables variables={variables} />}
      {items.length > 0 && (
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {JSON.stringify(items, null, 2)}
        </Code>
      )}
    </>
  );
}

function Variables({ variables }: Pick<Report, 'variables'>) {
  const { t } = useWords();
  const [sought, setSought] = useState('');
  const found = variables.filter(({ name }) => name.toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <>
      <TextInput
        size="xs"
        my={6}
        label={t('command.report.find', { count: variables.length })}
        value={sought}
        onChange={({ currentTarget }) => setSought(currentTarget.value)}
      />
      <Table.ScrollContainer minWidth={320}>
        <Table fz="xs" withRowBorders={false} verticalSpacing={2}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('command.report.variable')}</Table.Th>
              <Table.Th>{t('command.report.value')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {found.slice(0, SHOWN).map(({ name, connectorId, attribute, value, isReadonly }) => (
              <Table.Tr key={`${name} ${connectorId} ${attribute}`}>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {name}
                  {connectorId !== null && ` (${t('command.report.connector', { number: connectorId })})`}
                  {attribute !== 'Actual' && ` · ${attribute}`}
                </Table.Td>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>
                  {value ?? t('app.none')}
                  {isReadonly && (
                    <Text span size="xs" c="dimmed">
                      {` · ${t('command.report.readonly')}`}
                    </Text>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
      {found.length > SHOWN && (
        <Text size="xs" c="dimmed">
          {t('command.report.more', { count: found.length - SHOWN })}
        </Text>
      )}
    </>
  );
}
