import { Button, Code, Group, List, Text } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { ChargerCommand, ChargerDetail } from '#apps/backoffice/api-types.js';
import { followingActions } from '#libs/ocpp/following-actions.js';

import { chargerCommandsQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { useAsk } from '../../parts/action-dialog.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf, textOf } from '../../texts/translate.js';
import { commandRuns, type CommandRun } from '../../wording/command-runs.js';
import { detailText, INTERRUPTS, outcomeText, subjectText, type CommandKind } from '../../wording/command.js';
import { toldLines } from '../../wording/told-result.js';
import { CommandFollowUp } from './command-follow-up.js';
import { CommandForm } from './command-form.js';

/** What is asked for most, with nothing to fill in. */
const USUAL = [
  { id: 'reading', command: { kind: 'trigger-message', message: 'meter-values' } },
  { id: 'status', command: { kind: 'trigger-message', message: 'status' } },
  { id: 'unlock', command: { kind: 'unlock', connectorId: 1 } },
  { id: 'restart', command: { kind: 'reset', mode: 'graceful' } },
  { id: 'out-of-service', command: { kind: 'change-availability', available: false } },
  { id: 'in-service', command: { kind: 'change-availability', available: true } },
] as const;

const COMMAND_LINE = 'command line';

interface CommandsProps {
  readonly charger: ChargerDetail;
}

/** What a charger was asked for and what became of it, live; and asking it. */
export function Commands({ charger }: CommandsProps) {
  const { t } = useWords();
  const { user } = useSession();
  const [isOpen, setOpen] = useState(false);
  const mayAsk = user.role !== 'manager' && user.role !== 'resident';
  return (
    <Section
      title={t('command.title')}
      help={t('command.help')}
      aside={
        mayAsk && (
          <Button variant="default" size="xs" onClick={() => setOpen(true)}>
            {t('command.other')}
          </Button>
        )
      }
    >
      {mayAsk && <UsualCommands charger={charger} />}
      {isOpen && <CommandForm charger={charger} close={() => setOpen(false)} />}
      <History charger={charger} />
    </Section>
  );
}

function UsualCommands({ charger }: CommandsProps) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const askFor = ({ id, command }: (typeof USUAL)[number]): void => {
    const kind: CommandKind = command.kind;
    const interrupts = INTERRUPTS.has(kind) && id !== 'in-service';
    const title = t(`command.usual.${id}`);
    ask({
      title,
      body: t(interrupts ? 'command.interrupts' : 'command.sure', { charger: charger.label }),
      confirm: title,
      ...(interrupts ? { colour: 'red' } : {}),
      done: t('command.asked'),
      run: async (_, key) => {
        // Whoever presses a button means now, not when the charger is back.
        const body = { command, whenAbsent: 'refuse', waitSeconds: 120 };
        await write('POST', `/chargers/${encodeURIComponent(charger.id)}/commands`, body, key);
        await client.invalidateQueries({ queryKey: ['charger-commands', charger.id] });
      },
    });
  };
  return (
    <Group gap="xs" mb="md">
      {USUAL.map((usual) => (
        <Button key={usual.id} variant="default" size="xs" onClick={() => askFor(usual)} data-command={usual.id}>
          {t(`command.usual.${usual.id}`)}
        </Button>
      ))}
    </Group>
  );
}

function History({ charger }: CommandsProps) {
  const { t } = useWords();
  const commands = useInfiniteQuery(chargerCommandsQuery(charger.id));
  if (commands.data === undefined) {
    if (!commands.isError) return <RowsLoading rows={3} />;
    return <ErrorNotice error={commands.error} retry={() => void commands.refetch()} />;
  }
  const items = commands.data.pages.flatMap((page) => page.items);
  const isAutomatic = (askedBy: string): boolean =>
    askedBy !== COMMAND_LINE && textOf(t, 'command.asker', askedBy) !== null;
  if (items.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('command.none')}
      </Text>
    );
  }
  return (
    <>
      <List listStyleType="none" spacing="sm" aria-live="polite" data-testid="commands">
        {commandRuns(items, isAutomatic).map((run) => (
          <List.Item key={run.commands[0]?.id}>
            <Run run={run} timeZone={charger.timeZone} />
          </List.Item>
        ))}
      </List>
      {commands.hasNextPage && (
        <Button
          variant="subtle"
          size="xs"
          mt="sm"
          loading={commands.isFetchingNextPage}
          onClick={() => void commands.fetchNextPage()}
        >
          {t('app.more')}
        </Button>
      )}
    </>
  );
}

/** What one of our own parts asked in a row is one line, with its commands behind it. */
function Run({ run, timeZone }: { readonly run: CommandRun; readonly timeZone: string }) {
  const { t, instant } = useWords();
  const [first] = run.commands;
  if (first === undefined) return null;
  if (run.commands.length === 1) return <CommandRow command={first} timeZone={timeZone} />;
  const count = run.commands.length;
  return (
    <details data-testid="command-run">
      <summary style={{ cursor: 'pointer' }}>
        <Text span size="sm" fw={600}>
          {nameOf(t, 'command.asker', first.askedBy)} · {t('command.run', { count })}
        </Text>
        <Text size="xs" c={run.failed > 0 ? 'orange' : 'dimmed'}>
          {t(run.failed > 0 ? 'command.run.failed' : 'command.run.good', { failed: run.failed })} ·{' '}
          {instant(first.askedAt, timeZone)}
        </Text>
      </summary>
      <List listStyleType="none" spacing="sm" mt="sm" ml="md">
        {run.commands.map((command) => (
          <List.Item key={command.id}>
            <CommandRow command={command} timeZone={timeZone} />
          </List.Item>
        ))}
      </List>
    </details>
  );
}

function CommandRow({ command, timeZone }: { readonly command: ChargerCommand; readonly timeZone: string }) {
  const words = useWords();
  const { t, instant } = words;
  const detail = detailText(command);
  const subject = subjectText(command);
  const told = toldLines(words, command, timeZone);
  const timedOutAt = command.result?.['timedOutAt'];
  return (
    <div data-testid="command" data-state={command.state}>
      <Text size="sm" fw={600}>
        {nameOf(t, 'command.kind', command.kind)} · {outcomeText(words, command)}
      </Text>
      {subject !== '' && (
        <Text size="xs" style={{ overflowWrap: 'anywhere' }}>
          {subject}
        </Text>
      )}
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {t('command.by', {
          by: textOf(t, 'command.asker', command.askedBy) ?? command.askedBy,
          at: instant(command.askedAt, timeZone),
        })}
        {command.state === 'waiting' && ` · ${t('command.until', { at: instant(command.expiresAt, timeZone) })}`}
        {typeof timedOutAt === 'string' && ` · ${t('command.late', { at: instant(timedOutAt, timeZone) })}`}
      </Text>
      {told.length > 0 && (
        <List listStyleType="none" size="xs" data-testid="told" style={{ overflowWrap: 'anywhere' }}>
          {told.map((line) => (
            <List.Item key={line}>{line}</List.Item>
          ))}
        </List>
      )}
      {detail !== '' && (
        <details>
          <summary style={{ fontSize: 12, cursor: 'pointer' }}>{t('command.detail')}</summary>
          <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
            {detail}
          </Code>
        </details>
      )}
      {command.sentAt !== null && followingActions(command.kind).length > 0 && (
        <CommandFollowUp command={command} timeZone={timeZone} />
      )}
    </div>
  );
}
