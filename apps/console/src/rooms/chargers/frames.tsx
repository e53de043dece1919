import { Anchor, Button, Code, Group, List, Select, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearchParams } from 'react-router';

import type { ChargerDetail, ChargerFrame } from '#apps/backoffice/api-types.js';

import { chargerFramesQuery, type FrameFilter } from '../../api/queries.js';
import { frameLogUrl } from '../../api/request.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf, textOf } from '../../texts/translate.js';
import { frameSummary, FRAME_ACTIONS, dayBounds } from '../../wording/frame.js';

interface FramesProps {
  readonly charger: ChargerDetail;
}

/** What went over the charger's socket, found by time, kind, session or text; each whole on demand, all as a file. */
export function Frames({ charger }: FramesProps) {
  const { t } = useWords();
  const [search, setSearch] = useSearchParams();
  const transaction = search.get('transaction');
  const [days, setDays] = useState({ from: '', to: '' });
  const [text, setText] = useState('');
  const [find] = useDebouncedValue(text.trim(), 400);
  const [direction, setDirection] = useState<string | null>(null);
  const [action, setAction] = useState<string | null>(null);
  const filter = { ...dayBounds(days, charger.timeZone), direction, action, transaction, find };
  return (
    <div id="frames" style={{ marginTop: 20 }}>
      <Section title={t('frame.title')} help={t('frame.help')}>
        <Group gap="sm" align="flex-end" mb="md">
          <TextInput
            type="date"
            label={t('frame.from')}
            value={days.from}
            onChange={(event) => setDays({ ...days, from: event.currentTarget.value })}
          />
          <TextInput
            type="date"
            label={t('frame.to')}
            value={days.to}
            onChange={(event) => setDays({ ...days, to: event.currentTarget.value })}
          />
          <Select
            label={t('frame.direction')}
            placeholder={t('frame.direction.all')}
            data={(['from-charger', 'to-charger', 'malformed'] as const).map((value) => {
              return { value, label: t(`frame.direction.${value}`) };
            })}
            value={direction}
            onChange={setDirection}
            clearable
            w={170}
          />
          <Select
            label={t('frame.action')}
            placeholder={t('frame.action.all')}
            data={FRAME_ACTIONS}
            value={action}
            onChange={setAction}
            clearable
            searchable
            w={200}
          />
          <TextInput
            label={t('frame.find')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maxLength={200}
            w={200}
          />
        </Group>
        {transaction !== null && (
          <Group gap="sm" mb="md">
            <Text size="sm" fw={600}>
              {t('frame.transaction', { id: transaction })}
            </Text>
            <Button variant="subtle" size="xs" onClick={() => setSearch({})}>
              {t('frame.transaction.all')}
            </Button>
          </Group>
        )}
        <Downloads charger={charger} filter={filter} />
        <Found charger={charger} filter={filter} />
      </Section>
    </div>
  );
}

interface FoundProps extends FramesProps {
  readonly filter: FrameFilter;
}

function Downloads({ charger, filter }: FoundProps) {
  const { t } = useWords();
  return (
    <Group gap="md" mb="md">
      {(['ndjson', 'ocpp-j'] as const).map((format) => (
        <Anchor key={format} size="sm" href={frameLogUrl(charger.id, { ...filter }, format)} download>
          {t(`frame.download.${format}`)}
        </Anchor>
      ))}
    </Group>
  );
}

function Found({ charger, filter }: FoundProps) {
  const { t, instant } = useWords();
  const frames = useInfiniteQuery(chargerFramesQuery(charger.id, filter));
  if (frames.data === undefined) {
    if (!frames.isError) return <RowsLoading rows={4} />;
    return <ErrorNotice error={frames.error} retry={() => void frames.refetch()} />;
  }
  const items = frames.data.pages.flatMap((page) => page.items);
  const searchedTo = frames.data.pages.at(-1)?.searchedTo ?? null;
  return (
    <>
      {items.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('frame.none')}
        </Text>
      )}
      <List listStyleType="none" spacing="sm" data-testid="frames">
        {items.map((frame) => (
          <List.Item key={frame.id}>
            <FrameRow frame={frame} timeZone={charger.timeZone} />
          </List.Item>
        ))}
      </List>
      {searchedTo !== null && (
        <Text size="xs" c="dimmed" mt="sm">
          {t('frame.searched-to', { at: instant(searchedTo, charger.timeZone) })}
        </Text>
      )}
      {frames.hasNextPage && (
        <Button
          variant="subtle"
          size="xs"
          mt="sm"
          loading={frames.isFetchingNextPage}
          onClick={() => void frames.fetchNextPage()}
        >
          {t(searchedTo === null ? 'app.more' : 'frame.go-on')}
        </Button>
      )}
    </>
  );
}

function FrameRow({ frame, timeZone }: { readonly frame: ChargerFrame; readonly timeZone: string }) {
  const { t, instant } = useWords();
  const { direction, action, outcome, payload, answer, raw } = frame;
  const summary = frameSummary(frame);
  const problem = direction === 'malformed' ? outcome : textOf(t, 'frame.outcome', outcome);
  return (
    <div data-testid="frame" data-direction={direction}>
      <Text size="sm" fw={600}>
        {action ?? t('frame.direction.malformed')}
        {summary !== '' && ` · ${summary}`}
      </Text>
      <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
        {[
          nameOf(t, 'frame.direction', direction),
          instant(frame.at, timeZone),
          ...(problem === null ? [] : [problem]),
        ].join(' · ')}
      </Text>
      <details>
        <summary style={{ fontSize: 12, cursor: 'pointer' }}>{t('frame.raw')}</summary>
        <Code block style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {raw ?? JSON.stringify({ id: frame.messageId ?? frame.id, payload, answer }, null, 2)}
        </Code>
      </details>
    </div>
  );
}
