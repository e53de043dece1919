import { Badge, Button, Text } from '@mantine/core';
import { useMemo, useState } from 'react';

import type { BankIssuer, SepaTerms } from '#apps/backoffice/api-types.js';

import { dayAhead } from '../../format/dates.js';
import { DataTable, type Column } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';
import { termsStates, type TermsState } from '../../wording/sepa-terms.js';
import { SepaTermsDialog } from './sepa-terms-dialog.js';

interface Row extends SepaTerms {
  readonly state: TermsState;
}

/** `of`: what the dialog begins with; null: nothing was ever said. `corrects`: it is about those very terms. */
interface Changing {
  readonly of: SepaTerms | null;
  readonly corrects: boolean;
}

/** On which terms an issuer collects through its own bank: all there were, the latest first. */
export function SepaTermsList({
  issuer,
  terms,
}: {
  readonly issuer: BankIssuer;
  readonly terms: readonly SepaTerms[];
}) {
  const words = useWords();
  const { t } = words;
  const [changing, setChanging] = useState<Changing | null>(null);
  const columns = useMemo(() => columnsOf(words, (of) => setChanging({ of, corrects: true })), [words]);
  const states = termsStates(terms, dayAhead(0));
  const rows = terms.map((each, index): Row => ({ ...each, state: states[index] ?? 'past' }));
  return (
    <Section
      title={t('sepa-terms.title')}
      help={t('sepa-terms.help')}
      aside={
        <Button
          variant={terms.length === 0 ? 'filled' : 'default'}
          onClick={() => setChanging({ of: terms[0] ?? null, corrects: false })}
          data-testid="new-sepa-terms"
        >
          {t('sepa-terms.new')}
        </Button>
      }
    >
      {terms.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('sepa-terms.none')}
        </Text>
      ) : (
        <DataTable
          label={t('sepa-terms.title')}
          rows={rows}
          columns={columns}
          rowKey={({ creditorRowId }) => creditorRowId}
          testId="sepa-terms"
        />
      )}
      {changing !== null && (
        <SepaTermsDialog
          issuer={issuer}
          before={changing.of}
          corrects={changing.corrects}
          close={() => setChanging(null)}
        />
      )}
    </Section>
  );
}

const COLOURS = { 'in-force': 'mar', future: 'blue', past: 'gray' } as const;

function columnsOf({ t, day, count }: Words, correct: (terms: SepaTerms) => void): Column<Row>[] {
  return [
    {
      id: 'from',
      header: t('sepa-terms.from'),
      render: ({ validFrom }) => day(validFrom),
      sort: ({ validFrom }) => validFrom,
      card: 'head',
    },
    {
      id: 'state',
      header: t('bank.state'),
      render: ({ state, validUntil }) => (
        <>
          <Badge color={COLOURS[state]} variant="light">
            {t(`sepa-terms.state.${state}`)}
          </Badge>
          {validUntil !== null && (
            <Text size="xs" c="dimmed">
              {t('sepa-terms.ends', { day: day(validUntil) })}
            </Text>
          )}
        </>
      ),
    },
    {
      id: 'creditor',
      header: t('sepa-terms.creditor-id'),
      render: ({ creditorId, ibanLast4, bic }) => (
        <>
          {creditorId}
          <Text size="xs" c="dimmed">
            {[t('customer.mandate.iban', { last4: ibanLast4 }), bic].filter((word) => word !== null).join(' · ')}
          </Text>
        </>
      ),
    },
    { id: 'version', header: t('sepa-terms.version'), render: ({ version }) => version },
    {
      id: 'lead',
      header: t('sepa-terms.lead'),
      align: 'right',
      render: ({ leadDays }) => t('sepa-terms.days', { count: leadDays }),
    },
    {
      id: 'settle',
      header: t('sepa-terms.settle'),
      render: ({ settleBy, returnWindowDays }) =>
        settleBy === 'return-window'
          ? t('sepa-terms.settle.after', { days: count(returnWindowDays) })
          : nameOf(t, 'sepa-terms.settle', settleBy),
    },
    {
      id: 'correct',
      header: '',
      render: (terms) => (
        <Button size="compact-sm" variant="default" onClick={() => correct(terms)} data-testid="correct-sepa-terms">
          {t('sepa-terms.correct')}
        </Button>
      ),
    },
  ];
}
