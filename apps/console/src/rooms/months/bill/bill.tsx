import { Anchor, Button, Group, Text } from '@mantine/core';
import { IconReceipt } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router';

import type { MonthBill } from '#apps/backoffice/api-types.js';

import { monthBillQuery } from '../../../api/queries.js';
import { paths } from '../../../app/paths.js';
import { ErrorNotice } from '../../../parts/error-notice.js';
import { RowsLoading } from '../../../parts/loading.js';
import { Section } from '../../../parts/section.js';
import { useWords } from '../../../texts/language.js';
import { BillComparisonTable } from './bill-comparison.js';
import { EnterBill } from './enter-bill.js';
import { ReconciliationPicture } from './reconciliation-picture.js';

/** The retailer's bill of the month: where each cent went, and its invoice beside what was measured and rated. */
export function Bill({ cycleId, steer }: { readonly cycleId: string; readonly steer: boolean }) {
  const { t } = useWords();
  const bill = useQuery(monthBillQuery(cycleId));
  return (
    <Section title={t('bill.title')} help={t('bill.help')}>
      {bill.isPending && <RowsLoading rows={2} height={60} />}
      {bill.isError && bill.data === undefined && <ErrorNotice error={bill.error} retry={() => void bill.refetch()} />}
      {bill.data !== undefined && <Content bill={bill.data} steer={steer} />}
    </Section>
  );
}

function Content({ bill, steer }: { readonly bill: MonthBill; readonly steer: boolean }) {
  const { t } = useWords();
  const [entering, setEntering] = useState(false);
  const hasInvoice = bill.invoices.length > 0;
  return (
    <div data-testid="bill">
      {bill.billCents === null ? (
        <Text size="sm" c="dimmed">
          {t('bill.not-yet')}
        </Text>
      ) : (
        <ReconciliationPicture bill={bill} />
      )}
      <Invoices bill={bill} />
      {bill.comparison !== null && <BillComparisonTable comparison={bill.comparison} currency={bill.currency} />}
      {steer && (
        <Group mt="md">
          <Button
            variant={hasInvoice ? 'default' : 'filled'}
            leftSection={<IconReceipt size={17} aria-hidden />}
            onClick={() => setEntering(true)}
            data-testid="enter-bill"
          >
            {t(hasInvoice ? 'bill.enter.again' : 'bill.enter')}
          </Button>
          <Anchor component={Link} to={paths.importList('retailer-invoice')} size="sm">
            {t('bill.import')}
          </Anchor>
        </Group>
      )}
      {steer && (
        <EnterBill
          key={bill.invoices.at(-1)?.enteredAt ?? ''}
          bill={bill}
          opened={entering}
          close={() => setEntering(false)}
        />
      )}
    </div>
  );
}

function Invoices({ bill }: { readonly bill: MonthBill }) {
  const { t, money, day, instant } = useWords();
  if (bill.invoices.length === 0 && bill.billCents === null) return null;
  if (bill.invoices.length === 0) {
    return (
      <Text size="sm" c="dimmed" mt="md">
        {t('bill.none')}
      </Text>
    );
  }
  return bill.invoices.map((invoice) => (
    <Text key={invoice.number} size="sm" mt="md" data-testid="retailer-invoice">
      <strong>{t('bill.invoice', { number: invoice.number })}</strong>{' '}
      {t('bill.invoice.about', {
        from: day(invoice.periodFrom),
        to: day(invoice.periodTo),
        net: money(invoice.netCents, bill.currency),
        total: money(invoice.totalCents, bill.currency),
      })}{' '}
      <Text span size="xs" c="dimmed">
        {t('bill.invoice.by', { by: invoice.enteredBy, at: instant(invoice.enteredAt) })}
      </Text>
    </Text>
  ));
}
