import { Badge, Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { BankLine, BankLineState, BankPart } from '#apps/backoffice/api-types.js';

import { bankLinesQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useAsk } from '../../parts/action-dialog.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';
import { SplitLine } from './split-line.js';

const STATES: readonly BankLineState[] = ['open', 'done', 'all'];

/** What came to the account and whose it is: proposals of one click, splitting, and decisions taken back. */
export function BankLines({ issuerId }: { readonly issuerId: string }) {
  const words = useWords();
  const { t } = words;
  const [state, setState] = useState<BankLineState>('open');
  const [split, setSplit] = useState<BankLine | null>(null);
  const lines = useInfiniteQuery(bankLinesQuery(issuerId, state));
  const deeds = useDeeds();
  const columns = useMemo(() => columnsOf(words, { ...deeds, split: setSplit }), [words, deeds]);
  const rows = lines.data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Section
      title={t('bank.lines')}
      help={t('bank.lines.help')}
      aside={
        <SegmentedControl
          aria-label={t('bank.state')}
          data={STATES.map((each) => ({ value: each, label: t(`bank.state.${each}`) }))}
          value={state}
          onChange={(value) => setState(STATES.find((each) => each === value) ?? 'open')}
        />
      }
    >
      {lines.isError && <ErrorNotice error={lines.error} retry={() => void lines.refetch()} />}
      {lines.isPending && <RowsLoading />}
      {lines.data !== undefined && rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {t(state === 'open' ? 'bank.none-open' : 'bank.none')}
        </Text>
      )}
      {rows.length > 0 && (
        <DataTable
          label={t('bank.lines')}
          rows={rows}
          columns={columns}
          rowKey={({ lineId }) => lineId}
          testId="bank-lines"
        />
      )}
      {lines.hasNextPage && (
        <Button mt="md" variant="default" loading={lines.isFetchingNextPage} onClick={() => void lines.fetchNextPage()}>
          {t('bank.more')}
        </Button>
      )}
      {split !== null && <SplitLine line={split} close={() => setSplit(null)} />}
    </Section>
  );
}

interface Deeds {
  readonly match: (line: BankLine, parts: readonly BankPart[]) => void;
  readonly decide: (line: BankLine, kind: 'returned' | 'processor-payout' | 'set-aside', payoutId?: string) => void;
  readonly undo: (line: BankLine, decisionId: string) => void;
}

function useDeeds(): Deeds {
  const { t, money } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  return useMemo(() => {
    const send = async (line: BankLine, deed: string, body: object, key: string) => {
      await write('POST', `/bank/lines/${line.lineId}/${deed}`, body, key);
      await client.invalidateQueries();
    };
    const about = (line: BankLine) => `${money(Math.abs(line.openCents), line.currency)} · ${line.text}`;
    return {
      match: (line, parts) =>
        ask({
          title: t('bank.match'),
          body: parts.map((part) => partText(t, money, part, line.currency)).join('; '),
          confirm: t('bank.match'),
          run: (_answers, key) => send(line, 'match', { parts: parts.map(bare) }, key),
          done: t('bank.matched'),
        }),
      decide: (line, kind, payoutId) =>
        ask({
          title: t(`bank-kind.${kind}`),
          body: payoutId === undefined ? about(line) : `${about(line)} · ${payoutId}`,
          confirm: t(`bank-kind.${kind}`),
          needsReason: true,
          run: ({ reason }, key) => send(line, 'decide', { kind, payoutId, reason }, key),
          done: t('bank.decided'),
        }),
      undo: (line, decisionId) =>
        ask({
          title: t('bank.undo'),
          body: t('bank.undo.help'),
          confirm: t('bank.undo'),
          colour: 'red',
          needsReason: true,
          run: ({ reason }, key) => send(line, 'undo', { decisionId, reason }, key),
          done: t('bank.undone'),
        }),
    };
  }, [t, money, ask, client]);
}

/** What the API takes of a part. */
export const bare = ({ customerId, documentId, amountCents }: BankPart) => ({ customerId, documentId, amountCents });

function partText(t: Words['t'], money: Words['money'], part: BankPart, currency: string): string {
  const { customerName, number, amountCents } = part;
  return `${customerName} · ${number ?? t('bank.ahead')} · ${money(amountCents, currency)}`;
}

function columnsOf(words: Words, deeds: Deeds & { readonly split: (line: BankLine) => void }): Column<BankLine>[] {
  const { t, day, money } = words;
  return [
    {
      id: 'booked',
      header: t('bank.day'),
      render: ({ bookedOn }) => day(bookedOn),
      sort: ({ bookedOn }) => bookedOn,
    },
    {
      id: 'text',
      header: t('bank.text'),
      render: ({ text, counterpartyName, counterpartyLast4, returnCode }) => (
        <>
          {text}
          <Text size="xs" c="dimmed">
            {[counterpartyName, counterpartyLast4 === null ? null : `…${counterpartyLast4}`, returnCode]
              .filter((word) => word !== null)
              .join(' · ')}
          </Text>
        </>
      ),
      plain: ({ text }) => text,
      card: 'head',
    },
    {
      id: 'amount',
      header: t('bank.amount'),
      align: 'right',
      render: ({ amountCents, openCents, currency }) => (
        <>
          {money(amountCents, currency)}
          {openCents !== 0 && openCents !== amountCents && (
            <Text size="xs" c="dimmed">
              {t('bank.open', { amount: money(openCents, currency) })}
            </Text>
          )}
        </>
      ),
      plain: ({ amountCents }) => amountCents / 100,
      sort: ({ amountCents }) => amountCents,
    },
    { id: 'whose', header: t('bank.whose'), render: (line) => <Whose line={line} words={words} deeds={deeds} /> },
  ];
}

interface WhoseProps {
  readonly line: BankLine;
  readonly words: Words;
  readonly deeds: Deeds & { readonly split: (line: BankLine) => void };
}

function Whose({ line, words: { t, money, day }, deeds }: WhoseProps) {
  const made = line.decisions.filter(({ kind, undone }) => kind !== 'undone' && !undone);
  return (
    <Stack gap={6} align="flex-start">
      {made.map(({ decisionId, kind, foundBy, parts, reason }) => (
        <div key={decisionId}>
          <Badge variant="light">{nameOf(t, 'bank-kind', kind)}</Badge>{' '}
          <Text span size="xs" c="dimmed">
            {nameOf(t, 'bank-found', foundBy)} {reason ?? ''}
          </Text>
          {parts.map((part) => (
            <Text key={`${part.customerId} ${part.documentId ?? ''}`} size="sm">
              {partText(t, money, part, line.currency)}
            </Text>
          ))}
          {foundBy !== 'sepa-file' && (
            <Button size="compact-xs" variant="subtle" color="red" onClick={() => deeds.undo(line, decisionId)}>
              {t('bank.undo')}
            </Button>
          )}
        </div>
      ))}
      {line.proposals.map(({ foundBy, parts }) => (
        <Button
          key={`${foundBy} ${parts.map(({ customerId, documentId }) => `${customerId} ${documentId ?? ''}`).join()}`}
          size="compact-sm"
          variant="light"
          h="auto"
          styles={{ label: { whiteSpace: 'normal', textAlign: 'left' } }}
          onClick={() => deeds.match(line, parts)}
          data-testid="bank-proposal"
        >
          {nameOf(t, 'bank-found', foundBy)}: {parts.map((part) => partText(t, money, part, line.currency)).join('; ')}
        </Button>
      ))}
      {line.payouts.map(({ payoutId, arrivesOn }) => (
        <Button
          key={payoutId}
          size="compact-sm"
          variant="light"
          onClick={() => deeds.decide(line, 'processor-payout', payoutId)}
          data-testid="bank-payout"
        >
          {t('bank.payout-of', { day: day(arrivesOn) })}
        </Button>
      ))}
      {line.openCents > 0 && (
        <Group gap="xs">
          <Button size="compact-xs" variant="default" onClick={() => deeds.split(line)} data-testid="bank-split">
            {t('bank.split')}
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={() => deeds.decide(line, 'returned')}>
            {t('bank-kind.returned')}
          </Button>
          <Button size="compact-xs" variant="subtle" onClick={() => deeds.decide(line, 'processor-payout')}>
            {t('bank-kind.processor-payout')}
          </Button>
        </Group>
      )}
      {line.openCents < 0 && (
        <Button size="compact-xs" variant="subtle" onClick={() => deeds.decide(line, 'set-aside')}>
          {t('bank-kind.set-aside')}
        </Button>
      )}
    </Stack>
  );
}
