import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Navigate, useLocation, useParams } from 'react-router';

import { customerQuery, moneyQuery } from '../../../api/queries.js';
import { paths } from '../../../app/paths.js';
import { useSession } from '../../../app/session.js';
import { ErrorNotice } from '../../../parts/error-notice.js';
import { RowsLoading } from '../../../parts/loading.js';
import { PageHeader } from '../../../parts/page-header.js';
import { useWords } from '../../../texts/language.js';
import { Debts } from '../debts.js';
import { PrepaidCard } from '../prepaid.js';
import { DueHead } from './due-head.js';
import { Mandate } from './mandate.js';
import { PayInvoices } from './pay-invoices.js';
import { RefundButton } from './refund.js';
import { ReturnNotice } from './return-notice.js';
import { Statement } from './statement.js';
import { TopUp } from './top-up.js';
import { UnderWay } from './under-way.js';

import classes from './money.module.css';

/** A resident's own money: where mails and the provider's page lead to. */
export function MyMoney() {
  const { user } = useSession();
  return user.customerId === null ? null : <MoneyOf key={user.customerId} customerId={user.customerId} />;
}

/** The same page as staff and managers see it; a resident has one address for it. */
export function CustomerMoney() {
  const { customerId = '' } = useParams();
  const { search } = useLocation();
  const { user } = useSession();
  if (user.role === 'resident') return <Navigate to={`${paths.myMoney}${search}`} replace />;
  return <MoneyOf key={customerId} customerId={customerId} />;
}

/** While something is on its way the page looks again by itself, should no news arrive. */
const LOOK_AGAIN_MS = 30_000;

function MoneyOf({ customerId }: { readonly customerId: string }) {
  const { t } = useWords();
  const { role } = useSession().user;
  const customer = useQuery(customerQuery(customerId));
  const money = useQuery({
    ...moneyQuery(customerId),
    refetchInterval: ({ state: { data } }) => ((data?.underWay.length ?? 0) > 0 ? LOOK_AGAIN_MS : false),
  });
  const own = role === 'resident';
  const isStaff = role === 'administrator' || role === 'staff';
  const mayPay = own || isStaff;
  const failed = [money, customer].find(({ isError, data }) => isError && data === undefined);
  if (failed !== undefined) return <ErrorNotice error={failed.error} retry={() => void failed.refetch()} />;
  if (money.data === undefined || customer.data === undefined) return <RowsLoading rows={4} height={96} />;
  const facts = money.data;
  return (
    <>
      <PageHeader
        {...(!own && { up: { to: paths.customer(customerId), label: customer.data.name } })}
        title={t(own ? 'my-money.title' : 'my-money.title.of')}
        lead={own ? t('my-money.lead') : customer.data.name}
      >
        {isStaff && <RefundButton money={facts} />}
      </PageHeader>
      <ReturnNotice money={facts} />
      <Stack gap="lg">
        <DueHead money={facts} mayPay={mayPay} />
        <UnderWay money={facts} />
        <div className={classes.columns}>
          <Stack gap="lg">
            <PayInvoices money={facts} mayPay={mayPay} />
            <Debts customerId={customerId} />
            {mayPay && <TopUp money={facts} />}
          </Stack>
          <Stack gap="lg">
            <PrepaidCard customer={customer.data} />
            <Mandate money={facts} mayPay={mayPay} own={own} />
          </Stack>
        </div>
        <Statement customerId={customerId} />
      </Stack>
    </>
  );
}
