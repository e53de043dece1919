import { Anchor, Badge, Button } from '@mantine/core';
import { IconCoinEuro, IconReceipt } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router';

import type { CustomerDetail, CustomerMonth } from '#apps/backoffice/api-types.js';

import { customerQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { DataTable, ExportButton, type Column } from '../../parts/data-table.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { Figure, Figures } from '../../parts/figure.js';
import { InvoiceStateBadge } from '../../parts/invoice-state.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import type { Words } from '../../texts/words.js';
import { CustomerCards } from './customer-cards.js';
import { Debts } from './debts.js';
import { MySpots } from './my-spots.js';
import { PrepaidCard } from './prepaid.js';
import { Receipts } from './receipts.js';

import classes from './customer.module.css';

/** One customer: how they pay, what they owe, and every month. For a resident this is home. */
export function CustomerRoom() {
  const { customerId = '' } = useParams();
  const { t } = useWords();
  const { user } = useSession();
  const customer = useQuery(customerQuery(customerId));
  const own = user.role === 'resident';

  if (customer.data === undefined) {
    if (!customer.isError) return <RowsLoading rows={4} height={96} />;
    return <ErrorNotice error={customer.error} retry={() => void customer.refetch()} />;
  }
  const { name, email, spots } = customer.data;
  const about = [...spots.map((spot) => t('spot.title', { name: spot })), ...(own || email === null ? [] : [email])];
  return (
    <>
      <PageHeader
        {...(!own && { up: { to: paths.customers, label: t('customers.title') } })}
        title={own ? t('customer.hello', { name: name.split(' ')[0] ?? name }) : name}
        lead={about.join(' · ')}
      >
        <Button
          component={Link}
          to={own ? paths.myMoney : paths.customerMoney(customer.data.id)}
          leftSection={<IconCoinEuro size={17} aria-hidden />}
          data-testid="open-money"
        >
          {t(own ? 'my-money.open' : 'my-money.open.staff')}
        </Button>
      </PageHeader>
      {own && <MySpots />}
      <CustomerFigures customer={customer.data} />
      <Debts customerId={customer.data.id} />
      <PrepaidCard customer={customer.data} />
      <Months customer={customer.data} own={own} />
      <CustomerCards customerId={customer.data.id} />
      <Receipts customerId={customer.data.id} />
    </>
  );
}

/** What is due is one thing; that it was not paid when it should have been is another. */
const isOverdue = ({ months }: CustomerDetail): boolean =>
  months.some(({ state }) => state === 'arrears' || state === 'disputed');

function CustomerFigures({ customer }: { readonly customer: CustomerDetail }) {
  const { t, money } = useWords();
  const { mandate, balanceCents, prepaidCents, currency, nif } = customer;
  return (
    <div className={classes.figures}>
      <Figures>
        <Figure
          label={t('customer.balance')}
          value={balanceCents === 0 ? t('customer.balance.none') : money(balanceCents, currency)}
          tone={balanceCents <= 0 ? 'good' : isOverdue(customer) ? 'bad' : 'plain'}
        />
        <Figure label={t('customer.payment')} value={nameOf(t, 'method', customer.paymentMethod)} />
        {(customer.paymentMethod === 'prepaid' || prepaidCents !== 0) && (
          <Figure label={t('customer.prepaid')} value={money(prepaidCents, currency)} />
        )}
        {customer.paymentMethod === 'direct-debit' && (
          <Figure
            label={t('customer.mandate')}
            value={mandate === null ? t('customer.mandate.none') : nameOf(t, 'mandate', mandate.status)}
            note={
              mandate === null || mandate.ibanLast4 === null
                ? null
                : t('customer.mandate.iban', { last4: mandate.ibanLast4 })
            }
            tone={mandate === null ? 'bad' : 'plain'}
          />
        )}
        {nif !== null && <Figure label={t('customer.nif')} value={nif} />}
      </Figures>
    </div>
  );
}

function Months({ customer, own }: { readonly customer: CustomerDetail; readonly own: boolean }) {
  const words = useWords();
  const { t } = words;
  const columns = useMemo(() => columnsOf(words, customer.id), [words, customer.id]);
  const title = t(own ? 'customer.months.mine' : 'customer.months');
  return (
    <Section title={title} aside={<ExportButton fileName="meses.csv" rows={customer.months} columns={columns} />}>
      {customer.months.length === 0 ? (
        <EmptyState icon={IconReceipt} title={t('customer.months.empty')} help={t('customer.months.empty.help')} />
      ) : (
        <DataTable
          label={title}
          rows={customer.months}
          columns={columns}
          rowKey={(month) => month.cycleId}
          testId="customer-months"
        />
      )}
    </Section>
  );
}

function columnsOf({ t, money, period }: Words, customerId: string): Column<CustomerMonth>[] {
  return [
    {
      id: 'period',
      header: t('months.filter.period'),
      render: (month) => (
        <Anchor
          component={Link}
          to={paths.customerMonth(customerId, month.cycleId)}
          fw={550}
          size="sm"
          aria-label={t('customer.month.open', { period: period(month.period) })}
        >
          {period(month.period)}
        </Anchor>
      ),
      sort: (month) => month.period,
      plain: (month) => month.period,
      card: 'head',
    },
    {
      id: 'number',
      header: t('invoice.number'),
      render: (month) => month.number ?? t('customer.month.not-invoiced'),
      sort: (month) => month.number ?? '',
      plain: (month) => month.number,
    },
    {
      id: 'gross',
      header: t('invoice.gross'),
      align: 'right',
      render: (month) => (month.grossCents === null ? t('app.none') : money(month.grossCents, month.currency)),
      sort: (month) => month.grossCents ?? 0,
      plain: (month) => (month.grossCents === null ? null : money(month.grossCents, month.currency)),
    },
    {
      id: 'due',
      header: t('invoice.due'),
      align: 'right',
      render: (month) =>
        month.dueCents === null || month.dueCents === 0 ? t('app.none') : money(month.dueCents, month.currency),
      sort: (month) => month.dueCents ?? 0,
      plain: (month) => (month.dueCents === null ? null : money(month.dueCents, month.currency)),
    },
    {
      id: 'state',
      header: t('invoice.state'),
      render: (month) =>
        month.state === null ? (
          <Badge color="gray">{t('customer.month.not-invoiced')}</Badge>
        ) : (
          <InvoiceStateBadge state={month.state} />
        ),
      sort: (month) => month.state ?? '',
      plain: (month) => (month.state === null ? null : t(`state.${month.state}`)),
    },
  ];
}
