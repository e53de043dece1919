import { Anchor, Button, Skeleton, Text } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Link, useParams } from 'react-router';

import type { CustomerMonthDetail } from '#apps/backoffice/api-types.js';

import { customerMonthQuery } from '../../api/queries.js';
import { fileUrl } from '../../api/request.js';
import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { formatPermyriad } from '../../format/numbers.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { InvoiceStateBadge } from '../../parts/invoice-state.js';
import { RowsLoading } from '../../parts/loading.js';
import { PageHeader } from '../../parts/page-header.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { groupLines } from '../../wording/lines.js';
import { Explanation } from './explanation.js';
import { MonthCharges } from './month-charges.js';
import { RatedLines } from './rated-lines.js';
import { Receipts } from './receipts.js';
import { Sessions } from './sessions.js';

import classes from './customer.module.css';

/** Drawing takes a library of its own; the figures do not wait for it. */
const DailyEnergy = lazy(async () => ({ default: (await import('./daily-energy.js')).DailyEnergy }));

/** A customer's month to the cent: each line, the tax, the sessions and days behind it. */
export function CustomerMonthRoom() {
  const { customerId = '', cycleId = '' } = useParams();
  const { t, period } = useWords();
  const { user } = useSession();
  const month = useQuery(customerMonthQuery(customerId, cycleId));
  const [explained, setExplained] = useState<string | null>(null);

  if (month.data === undefined) {
    if (!month.isError) return <RowsLoading rows={4} height={110} />;
    return <ErrorNotice error={month.error} retry={() => void month.refetch()} />;
  }
  const { data } = month;
  const own = user.role === 'resident';
  return (
    <>
      <PageHeader
        up={{ to: paths.customer(customerId), label: own ? t('customer.months.mine') : data.customer.name }}
        title={period(data.period)}
        badge={data.invoice !== null && <InvoiceStateBadge state={data.invoice.state} />}
        lead={own ? data.installationName : <MonthLead data={data} />}
      />
      <div className={classes.columns}>
        <div className={classes.content}>
          <Section title={t('cmonth.lines')} help={t('cmonth.lines.help')}>
            <RatedLines places={groupLines(data.lines)} currency={data.currency} why={setExplained} />
          </Section>
          <MonthCharges month={data} />
          {data.dailyWh.some((day) => Object.values(day.byBand).some((wh) => wh > 0)) && (
            <Section title={t('cmonth.daily')}>
              <Suspense fallback={<Skeleton height={260} radius="md" />}>
                <DailyEnergy days={data.dailyWh} lines={data.lines} />
              </Suspense>
            </Section>
          )}
          <Section title={t('cmonth.sessions')} help={t('cmonth.sessions.help')}>
            <Sessions sessions={data.sessions} timeZone={data.timeZone} />
          </Section>
          {data.invoice !== null && <Receipts customerId={customerId} number={data.invoice.number} />}
        </div>
        <aside className={classes.side}>
          <Totals data={data} />
        </aside>
      </div>
      <Explanation lineId={explained} close={() => setExplained(null)} />
    </>
  );
}

function MonthLead({ data }: { readonly data: CustomerMonthDetail }) {
  return (
    <>
      {data.customer.name} ·{' '}
      <Anchor component={Link} to={paths.month(data.cycleId)} size="sm">
        {data.installationName}
      </Anchor>
    </>
  );
}

function Totals({ data }: { readonly data: CustomerMonthDetail }) {
  const { t, money, kWh, language } = useWords();
  const { invoice, vatGroups, netCents, grossCents, currency } = data;
  const wh = data.lines.reduce((sum, line) => sum + (line.direction === 'export' ? -line.wh : line.wh), 0);
  return (
    <Section title={invoice === null ? t('cmonth.no-invoice') : t('cmonth.invoice', { number: invoice.number })}>
      {invoice === null ? (
        <Text size="sm" c="dimmed" mb="sm">
          {t('cmonth.no-invoice.help')}
        </Text>
      ) : (
        <>
          <DueText invoice={invoice} currency={currency} />
          <TransferText invoice={invoice} />
        </>
      )}
      <dl className={classes.totals} data-testid="totals">
        <div>
          <dt>{t('cmonth.total-energy')}</dt>
          <dd>{kWh(wh)}</dd>
        </div>
        <Breakdown data={data} />
        <div>
          <dt>{t('cmonth.net')}</dt>
          <dd>{money(netCents, currency)}</dd>
        </div>
        {vatGroups.map((group) => (
          <div key={`${group.code} ${group.ratePermyriad}`}>
            <dt>{t('cmonth.vat', { rate: formatPermyriad(group.ratePermyriad, language) })}</dt>
            <dd>{money(group.vatCents, currency)}</dd>
          </div>
        ))}
        {grossCents !== null && (
          <div data-grand>
            <dt>{t('cmonth.gross')}</dt>
            <dd>{money(grossCents, currency)}</dd>
          </div>
        )}
      </dl>
      {invoice !== null && invoice.pdfFileId !== null && (
        <Button
          component="a"
          href={fileUrl(invoice.pdfFileId)}
          download
          mt="md"
          fullWidth
          leftSection={<IconDownload size={17} aria-hidden />}
          data-testid="download-pdf"
        >
          {t('cmonth.download')}
        </Button>
      )}
    </Section>
  );
}

/** What the net total is the sum of, where it is more than energy. */
function Breakdown({ data }: { readonly data: CustomerMonthDetail }) {
  const { t, money } = useWords();
  const { lines, charges, adjustments, currency } = data;
  const sum = (items: readonly { readonly netCents: number }[]): number =>
    items.reduce((cents, { netCents }) => cents + netCents, 0);
  const parts = [
    ['cmonth.part.energy', lines.reduce((cents, line) => cents + line.cents, 0)],
    ['cmonth.part.charges', sum(charges.filter(({ party }) => party !== 'bpo'))],
    ['cmonth.part.fees', sum(charges.filter(({ party }) => party === 'bpo'))],
    ['cmonth.part.adjustments', sum(adjustments)],
  ] as const;
  if (charges.length === 0 && adjustments.length === 0) return null;
  return parts
    .filter(([, cents]) => cents !== 0)
    .map(([name, cents]) => (
      <div key={name}>
        <dt>{t(name)}</dt>
        <dd>{money(cents, currency)}</dd>
      </div>
    ));
}

/** How to pay it, for whom no money is fetched from. */
function TransferText({ invoice: { method, transfer } }: Pick<DueTextProps, 'invoice'>) {
  const { t } = useWords();
  if (method !== 'transfer' || transfer === null) return null;
  const { iban, name, reference } = transfer;
  return (
    <Text size="sm" mb="sm" data-testid="how-to-pay">
      {iban === null ? t('cmonth.pay.reference', { reference }) : t('cmonth.pay', { iban, name, reference })}
    </Text>
  );
}

interface DueTextProps {
  readonly invoice: NonNullable<CustomerMonthDetail['invoice']>;
  readonly currency: string;
}

function DueText({ invoice, currency }: DueTextProps) {
  const { t, money, day } = useWords();
  return (
    <Text size="sm" mb="sm" {...(invoice.dueCents === 0 && { c: 'mar' })}>
      {invoice.dueCents === 0
        ? t('cmonth.paid')
        : t('cmonth.due', { due: money(invoice.dueCents, currency), date: day(invoice.dueDate) })}
    </Text>
  );
}
