import { Anchor, Badge, Button, Group, Text } from '@mantine/core';
import { Link } from 'react-router';

import type { Card, CardState } from '#apps/backoffice/api-types.js';

import { paths } from '../../app/paths.js';
import type { Column } from '../../parts/data-table.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

const COLOURS: Readonly<Record<CardState, string>> = {
  good: 'mar',
  blocked: 'red',
  suspended: 'red',
  expired: 'gray',
  early: 'gray',
  'no-credit': 'orange',
};

/** What one may do with a card; none for who only looks. */
export interface CardDeeds {
  readonly change: (card: Card) => void;
  readonly block: (card: Card) => void;
  readonly unblock: (card: Card) => void;
}

/** Cards of an installation, or without `withCustomer` of one customer. */
export function cardColumns(words: Words, deeds: CardDeeds | null, withCustomer: boolean): Column<Card>[] {
  const { t } = words;
  return [
    {
      id: 'number',
      header: t('cards.number'),
      render: ({ idTag }) => (
        <Text size="sm" fw={550} style={{ overflowWrap: 'anywhere' }}>
          {idTag}
        </Text>
      ),
      sort: ({ idTag }) => idTag,
      plain: ({ idTag }) => idTag,
      card: 'head',
    },
    {
      id: 'state',
      header: t('cards.state'),
      render: (card) => <StateOf card={card} words={words} />,
      sort: ({ state }) => nameOf(t, 'cards.state', state),
      plain: ({ state }) => nameOf(t, 'cards.state', state),
    },
    {
      id: 'kind',
      header: t('cards.kind'),
      render: ({ kind }) => t(`cards.kind.${kind}`),
      sort: ({ kind }) => t(`cards.kind.${kind}`),
      plain: ({ kind }) => t(`cards.kind.${kind}`),
    },
    ...(withCustomer ? [customerColumn(words, deeds !== null)] : []),
    {
      id: 'group',
      header: t('cards.group'),
      render: ({ groupTag }) => groupTag ?? t('app.none'),
      sort: ({ groupTag }) => groupTag ?? '',
      plain: ({ groupTag }) => groupTag,
    },
    {
      id: 'spots',
      header: t('cards.spots'),
      render: (card) => spotsText(words, card),
      sort: (card) => spotsText(words, card),
      plain: (card) => spotsText(words, card),
    },
    {
      id: 'validity',
      header: t('cards.validity'),
      render: (card) => validityText(words, card),
      sort: ({ expiresAt }) => expiresAt ?? '',
      plain: (card) => validityText(words, card),
    },
    ...(deeds === null ? [] : [deedsColumn(words, deeds)]),
  ];
}

function StateOf({ card: { state, block }, words: { t } }: { readonly card: Card; readonly words: Words }) {
  return (
    <>
      <Badge color={COLOURS[state]}>{nameOf(t, 'cards.state', state)}</Badge>
      {block !== null && (
        <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {t('cards.block.why', { reason: block.reason, by: block.by })}
        </Text>
      )}
    </>
  );
}

function customerColumn({ t }: Words, isLinked: boolean): Column<Card> {
  return {
    id: 'customer',
    header: t('cards.customer'),
    render: ({ customer }) => {
      if (customer === null) return t('cards.customer.none');
      if (!isLinked) return customer.name;
      return (
        <Anchor component={Link} to={paths.customer(customer.id)} size="sm">
          {customer.name}
        </Anchor>
      );
    },
    sort: ({ customer }) => customer?.name ?? '',
    plain: ({ customer }) => customer?.name ?? null,
  };
}

function deedsColumn({ t }: Words, { change, block, unblock }: CardDeeds): Column<Card> {
  return {
    id: 'deeds',
    header: t('cards.deeds'),
    align: 'right',
    render: (card) => (
      <Group gap="xs" justify="flex-end" wrap="nowrap">
        <Button size="compact-sm" variant="default" onClick={() => change(card)}>
          {t('cards.change')}
        </Button>
        {card.state === 'blocked' ? (
          <Button size="compact-sm" variant="default" onClick={() => unblock(card)}>
            {t('cards.unblock')}
          </Button>
        ) : (
          <Button size="compact-sm" variant="light" color="red" onClick={() => block(card)}>
            {t('cards.block')}
          </Button>
        )}
      </Group>
    ),
  };
}

const spotsText = ({ t }: Words, { spots }: Card): string =>
  spots.length === 0 ? t('cards.spots.all') : spots.map(({ name }) => name).join(', ');

/** The last moment that is still good, where the end is its end: a card until midnight is good on the day before. */
export const lastInstant = (expiresAt: string): string => new Date(Date.parse(expiresAt) - 1).toISOString();

function validityText({ t, day }: Words, { validFrom, expiresAt, timeZone }: Card): string {
  const from = validFrom === null ? null : day(validFrom, timeZone);
  const until = expiresAt === null ? null : day(lastInstant(expiresAt), timeZone);
  if (from !== null && until !== null) return t('cards.validity.both', { from, until });
  if (from !== null) return t('cards.validity.from', { from });
  return until === null ? t('app.none') : t('cards.validity.until', { until });
}
