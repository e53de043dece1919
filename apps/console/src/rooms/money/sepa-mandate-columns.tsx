import { Anchor, Badge, Button, Text } from '@mantine/core';
import { Link } from 'react-router';

import type { StoredMandate } from '#apps/backoffice/api-types.js';

import { paths } from '../../app/paths.js';
import { dayAhead } from '../../format/dates.js';
import type { Column } from '../../parts/data-table.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';

const COLOURS: Readonly<Record<string, string>> = { active: 'mar', inactive: 'gray' };

export function mandateColumns(words: Words, end: (mandate: StoredMandate) => void): Column<StoredMandate>[] {
  const { t, day } = words;
  return [
    {
      id: 'customer',
      header: t('sepa-mandate.customer'),
      render: ({ customerId, customerName }) => (
        <Anchor component={Link} to={paths.customer(customerId)} fw={550} size="sm">
          {customerName} · {customerId}
        </Anchor>
      ),
      sort: ({ customerName }) => customerName,
      card: 'head',
    },
    {
      id: 'reference',
      header: t('sepa-mandate.reference'),
      render: ({ reference, kind }) => (
        <>
          {reference}
          <Text size="xs" c="dimmed">
            {nameOf(t, 'sepa-mandate.kind', kind)}
          </Text>
        </>
      ),
      sort: ({ reference }) => reference,
    },
    {
      id: 'account',
      header: t('sepa-mandate.account'),
      render: ({ accountHolder, ibanLast4, bic }) => (
        <>
          …{ibanLast4}
          <Text size="xs" c="dimmed">
            {[accountHolder, bic].filter((word) => word !== null).join(' · ')}
          </Text>
        </>
      ),
    },
    {
      id: 'signed',
      header: t('sepa-mandate.signed-on'),
      render: ({ signedOn, evidence }) => (
        <>
          {day(signedOn)}
          {evidence !== null && (
            <Text size="xs" c="dimmed">
              {evidence}
            </Text>
          )}
        </>
      ),
      sort: ({ signedOn }) => signedOn,
    },
    {
      id: 'used',
      header: t('sepa-mandate.last-debit'),
      render: ({ lastCollectedOn }) => (lastCollectedOn === null ? t('app.none') : day(lastCollectedOn)),
      sort: ({ lastCollectedOn }) => lastCollectedOn ?? '',
    },
    { id: 'state', header: t('bank.state'), render: (mandate) => <State mandate={mandate} words={words} /> },
    {
      id: 'end',
      header: '',
      render: (mandate) =>
        mandate.status === 'active' ? (
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            onClick={() => end(mandate)}
            data-testid="end-sepa-mandate"
          >
            {t('sepa-mandate.end')}
          </Button>
        ) : null,
    },
  ];
}

/** Active, lapsed though nobody ended it, or ended: when and why. */
function State({ mandate, words: { t, day } }: { readonly mandate: StoredMandate; readonly words: Words }) {
  const { status, lapsesOn, inactiveAt, inactiveReason } = mandate;
  if (status === 'active' && lapsesOn <= dayAhead(0)) {
    return (
      <Badge color="yellow" variant="light">
        {t('mandate-ended.lapsed')}
      </Badge>
    );
  }
  return (
    <>
      <Badge color={COLOURS[status] ?? 'gray'} variant="light">
        {nameOf(t, 'mandate', status)}
      </Badge>
      {inactiveAt !== null && (
        <Text size="xs" c="dimmed">
          {[day(inactiveAt), inactiveReason].filter((word) => word !== null).join(' · ')}
        </Text>
      )}
    </>
  );
}
