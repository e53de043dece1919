import { Text } from '@mantine/core';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useMemo } from 'react';

import type { ChargingSession } from '#apps/backoffice/api-types.js';

import { formatDuration } from '../../format/dates.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

interface SessionsProps {
  readonly sessions: readonly ChargingSession[];
  readonly timeZone: string;
}

/** Every charging session of the month, with what a person should know about it. */
export function Sessions({ sessions, timeZone }: SessionsProps) {
  const words = useWords();
  const { t } = words;
  const noted = sessions.some(({ flags }) => flags.length > 0);
  const columns = useMemo(
    () => columnsOf(words, timeZone).filter(({ id }) => noted || id !== 'flags'),
    [words, timeZone, noted],
  );
  if (sessions.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('cmonth.sessions.empty')}
      </Text>
    );
  }
  return (
    <DataTable
      label={t('cmonth.sessions')}
      rows={sessions}
      columns={columns}
      rowKey={(session) => String(session.transactionId)}
      testId="sessions"
    />
  );
}

function columnsOf({ t, instant, kWh }: Words, timeZone: string): Column<ChargingSession>[] {
  return [
    {
      id: 'started',
      header: t('session.started'),
      render: (session) => <span style={{ whiteSpace: 'nowrap' }}>{instant(session.startedAt, timeZone)}</span>,
      sort: (session) => session.startedAt,
      card: 'head',
    },
    {
      id: 'stopped',
      header: t('session.stopped'),
      render: (session) => (
        <span style={{ whiteSpace: 'nowrap' }}>
          {session.stoppedAt === null ? t('session.running') : instant(session.stoppedAt, timeZone)}
        </span>
      ),
      sort: (session) => session.stoppedAt ?? '',
    },
    {
      id: 'duration',
      header: t('session.duration'),
      align: 'right',
      render: (session) =>
        session.stoppedAt === null ? t('app.none') : formatDuration(session.startedAt, session.stoppedAt),
    },
    {
      id: 'energy',
      header: t('session.energy'),
      align: 'right',
      render: (session) => (session.energyWh === null ? t('app.none') : kWh(session.energyWh)),
      sort: (session) => session.energyWh ?? 0,
    },
    { id: 'charger', header: t('session.charger'), render: (session) => session.chargerLabel, card: 'hide' },
    {
      id: 'flags',
      header: t('session.flags'),
      render: (session) => (session.flags.length === 0 ? null : <Flags flags={session.flags} />),
    },
  ];
}

function Flags({ flags }: { readonly flags: readonly string[] }) {
  const { t } = useWords();
  return flags.map((flag) => (
    <Text key={flag} size="xs" c="orange">
      <IconAlertTriangle size={13} aria-hidden style={{ verticalAlign: '-2px' }} /> {nameOf(t, 'odd', flag)}
    </Text>
  ));
}
