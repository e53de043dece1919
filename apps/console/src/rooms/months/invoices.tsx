import { ActionIcon, Anchor, Chip, Group, Text, Tooltip } from '@mantine/core';
import { IconFileInvoice, IconFilterOff, IconPdf } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';

import type { Invoice, InvoiceState, Month } from '#apps/backoffice/api-types.js';

import { fileUrl } from '../../api/request.js';
import { paths } from '../../app/paths.js';
import { DataTable, ExportButton, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { InvoiceStateBadge } from '../../parts/invoice-state.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { When } from '../../parts/since.js';
import { useWords } from '../../texts/language.js';
import { nameOf, type Translate } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';
import { needsPerson } from '../../wording/invoice.js';
import { isFinished } from '../../wording/month.js';
import { wayOf } from '../../wording/way.js';
import { InvoiceMenu } from './invoice-menu.js';

import classes from './month.module.css';

interface InvoicesProps {
  readonly query: UseQueryResult<Invoice[]>;
  readonly month: Month;
  readonly steer: boolean;
}

type InvoiceFilter = InvoiceState | 'need-person';
const STATES = ['open', 'processing', 'paid', 'partly-paid', 'arrears', 'disputed'] as const;

const FILTERS: readonly InvoiceFilter[] = ['need-person', ...STATES];

function filterName(t: Translate, filter: InvoiceFilter | null): string {
  if (filter === null) return t('invoice.filter.all');
  return filter === 'need-person' ? t('invoice.filter.need-person') : t(`state.${filter}`);
}

/** The invoices of a month with where each one's money is, and what can be done about it. */
export function Invoices({ query, month, steer }: InvoicesProps) {
  const words = useWords();
  const { t } = words;
  const [state, setState] = useState<InvoiceFilter | null>(null);
  const { cycleId, timeZone } = month;
  const columns = useMemo(() => columnsOf(words, { cycleId, steer, timeZone }), [words, cycleId, steer, timeZone]);
  const invoices = query.data ?? [];
  const matching = (filter: InvoiceFilter | null) =>
    invoices.filter(
      (invoice) => filter === null || (filter === 'need-person' ? needsPerson(invoice) : invoice.state === filter),
    );
  const shown = matching(state);
  const present = FILTERS.filter((each) => each === state || matching(each).length > 0);

  return (
    <Section
      title={t('month.invoices')}
      aside={<ExportButton fileName={`faturas-${month.period}.csv`} rows={shown} columns={columns} />}
    >
      {query.isPending && <RowsLoading />}
      {query.isError && query.data === undefined && (
        <ErrorNotice error={query.error} retry={() => void query.refetch()} />
      )}
      {query.data !== undefined && invoices.length === 0 && (
        <EmptyState
          icon={IconFileInvoice}
          title={t(isFinished(month) ? 'invoice.none' : 'invoice.empty')}
          help={t(isFinished(month) ? 'month.money-picture.none' : 'invoice.empty.help')}
        />
      )}
      {invoices.length > 0 && (
        <>
          {present.length > 1 && (
            <Group gap={6} mb="sm">
              {[null, ...present].map((each) => (
                <Chip key={each ?? 'all'} size="xs" checked={state === each} onChange={() => setState(each)}>
                  {filterName(t, each)} {matching(each).length}
                </Chip>
              ))}
            </Group>
          )}
          {shown.length === 0 ? (
            <EmptyState
              icon={IconFilterOff}
              title={t('invoice.empty.filtered')}
              help={t('months.empty.filtered.help')}
            />
          ) : (
            <DataTable
              label={t('month.invoices')}
              rows={shown}
              columns={columns}
              rowKey={(invoice) => invoice.documentId}
              testId="invoices"
            />
          )}
        </>
      )}
    </Section>
  );
}

interface InvoiceColumns {
  readonly cycleId: string;
  readonly steer: boolean;
  readonly timeZone: string;
}

function columnsOf(words: Words, { cycleId, steer, timeZone }: InvoiceColumns): Column<Invoice>[] {
  const { t, money, day } = words;
  const columns: Column<Invoice>[] = [
    {
      id: 'customer',
      header: t('invoice.customer'),
      render: (invoice) => (
        <Anchor
          component={Link}
          to={paths.customerMonth(invoice.customerId, cycleId)}
          fw={550}
          size="sm"
          className={classes.customer ?? ''}
        >
          {invoice.customerName}
        </Anchor>
      ),
      sort: (invoice) => invoice.customerName,
      plain: (invoice) => invoice.customerName,
      card: 'head',
    },
    {
      id: 'number',
      header: t('invoice.number'),
      render: (invoice) => <span style={{ whiteSpace: 'nowrap' }}>{invoice.number}</span>,
      sort: (invoice) => invoice.number,
      plain: (invoice) => invoice.number,
    },
    {
      id: 'gross',
      header: t('invoice.gross'),
      align: 'right',
      render: (invoice) => money(invoice.grossCents, invoice.currency),
      sort: (invoice) => invoice.grossCents,
      plain: (invoice) => money(invoice.grossCents, invoice.currency),
    },
    {
      id: 'due',
      header: t('invoice.due'),
      align: 'right',
      render: (invoice) => (invoice.dueCents === 0 ? null : money(invoice.dueCents, invoice.currency)),
      sort: (invoice) => invoice.dueCents,
      plain: (invoice) => money(invoice.dueCents, invoice.currency),
    },
    {
      id: 'due-date',
      header: t('invoice.due-date'),
      render: (invoice) => day(invoice.dueDate),
      sort: (invoice) => invoice.dueDate,
      plain: (invoice) => day(invoice.dueDate),
      card: 'hide',
    },
    {
      id: 'method',
      header: t('invoice.method'),
      render: (invoice) => <span style={{ whiteSpace: 'nowrap' }}>{nameOf(t, 'method', invoice.method)}</span>,
      sort: (invoice) => invoice.method,
      plain: (invoice) => nameOf(t, 'method', invoice.method),
      card: 'hide',
    },
    {
      id: 'state',
      header: t('invoice.state'),
      render: (invoice) => <InvoiceStateBadge state={invoice.state} />,
      sort: (invoice) => STATES.indexOf(invoice.state),
      plain: (invoice) => t(`state.${invoice.state}`),
    },
    {
      id: 'way',
      header: t('invoice.collection'),
      render: (invoice) => <WayCell invoice={invoice} timeZone={timeZone} />,
      plain: (invoice) => wayOf(words, invoice)?.now ?? null,
    },
    { id: 'actions', header: '', render: (invoice) => <RowTools invoice={invoice} steer={steer} />, card: 'corner' },
  ];
  return columns;
}

function WayCell({ invoice, timeZone }: { readonly invoice: Invoice; readonly timeZone: string }) {
  const words = useWords();
  const { t } = words;
  const way = wayOf(words, invoice);
  if (way === null) return <Text size="sm">{t('app.none')}</Text>;
  const { now, why, next, tone } = way;
  return (
    <div className={classes.whereabouts} data-tone={tone} data-testid="invoice-way">
      <span className={classes.whereaboutsNow}>{now}</span>
      {why !== null && <span>{why}</span>}
      {next !== null && (
        <span>
          {next.at === null ? (
            next.what
          ) : (
            <>
              {t('way.next', { what: next.what })} <When at={next.at} timeZone={timeZone} />
            </>
          )}
        </span>
      )}
    </div>
  );
}

function RowTools({ invoice, steer }: { readonly invoice: Invoice; readonly steer: boolean }) {
  const { t } = useWords();
  return (
    <Group gap={4} wrap="nowrap" justify="flex-end">
      {invoice.pdfFileId === null ? (
        <Tooltip label={t('invoice.pdf.missing')}>
          <ActionIcon variant="subtle" color="gray" aria-label={t('invoice.pdf.missing')} data-disabled aria-disabled>
            <IconPdf size={19} />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Tooltip label={t('invoice.pdf')}>
          <ActionIcon
            component="a"
            href={fileUrl(invoice.pdfFileId)}
            download
            variant="subtle"
            aria-label={t('invoice.pdf.of', { number: invoice.number })}
          >
            <IconPdf size={19} />
          </ActionIcon>
        </Tooltip>
      )}
      {steer && <InvoiceMenu invoice={invoice} />}
    </Group>
  );
}
