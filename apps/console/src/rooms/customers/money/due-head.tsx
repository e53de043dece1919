import { Button, Text } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import type { CSSProperties } from 'react';

import type { Money } from '#apps/backoffice/api-types.js';

import { Refusal } from '../../../parts/action-dialog.js';
import { useNowMs } from '../../../parts/now.js';
import { useWords } from '../../../texts/language.js';
import { dueParts, payableOf, sumOf, type DuePart } from './due-parts.js';
import { isLeaving, useCheckout } from './use-money.js';

import classes from './money.module.css';

const COLOURS: Record<DuePart, string> = { overdue: '#e8590c', open: '#f2a93b', debited: '#3aa6a0' };

/** What is due in all and until when, and the button that pays it; beside it what is paid ahead. */
export function DueHead({ money: facts, mayPay }: { readonly money: Money; readonly mayPay: boolean }) {
  const { t, money, day } = useWords();
  const { due, currency, prepaidCents, availableCents, openDebtCents } = facts;
  const totalCents = sumOf(due) + openDebtCents;
  const earliest = due.map(({ dueDate }) => dueDate).sort()[0];
  return (
    <section className={classes.head} aria-label={t('my-money.due')} data-testid="money-head">
      <div>
        <Text c="dimmed" size="sm">
          {t('my-money.due')}
        </Text>
        <p className={classes.big} data-testid="due-total">
          {totalCents === 0 && <IconCircleCheck size={30} aria-hidden />}
          {totalCents === 0 ? t('my-money.due.none') : money(totalCents, currency)}
        </p>
        {earliest !== undefined && <Text size="sm">{t('my-money.due.until', { date: day(earliest) })}</Text>}
        {openDebtCents > 0 && (
          <Text size="sm">{t('my-money.open-debt', { amount: money(openDebtCents, currency) })}</Text>
        )}
        <DuePicture money={facts} />
        {mayPay && facts.canPay && <PayNow money={facts} />}
      </div>
      <div className={classes.ahead}>
        <Text c="dimmed" size="sm">
          {t('my-money.ahead')}
        </Text>
        <p className={classes.middle} data-testid="paid-ahead">
          {money(prepaidCents, currency)}
        </p>
        <Text size="sm" c="dimmed">
          {availableCents < prepaidCents
            ? t('my-money.ahead.reserved', { amount: money(prepaidCents - availableCents, currency) })
            : t('my-money.ahead.help')}
        </Text>
      </div>
    </section>
  );
}

/** One tap: all that can be paid now, in a way that is chosen on the provider's page. */
function PayNow({ money: facts }: { readonly money: Money }) {
  const { t, money } = useWords();
  const checkout = useCheckout(facts.customerId);
  const payable = payableOf(facts);
  const cents = sumOf(payable);
  const documentIds = payable.map(({ documentId }) => documentId);
  if (cents === 0) return null;
  return (
    <div className={classes.payNow}>
      <Button
        size="lg"
        onClick={() => checkout.mutate({ pays: { purpose: 'invoices', documentIds }, method: null })}
        loading={isLeaving(checkout)}
        data-testid="pay-now"
      >
        {t('my-money.pay-now', { amount: money(cents, 'EUR') })}
      </Button>
      <Text size="xs" c="dimmed">
        {t('my-money.pay-now.help')}
      </Text>
      {checkout.isError && <Refusal error={checkout.error} />}
    </div>
  );
}

/** How much is late, how much has time, and what the bank is debiting already. */
function DuePicture({ money: facts }: { readonly money: Money }) {
  const { t, money } = useWords();
  const today = new Date(useNowMs()).toISOString().slice(0, 10);
  const parts = dueParts(facts.due, today);
  if (parts.length === 0) return null;
  return (
    <>
      <div className={classes.bar} aria-hidden>
        {parts.map(({ part, cents }) => (
          <div key={part} style={{ flex: cents, background: COLOURS[part] }} />
        ))}
      </div>
      <ul className={classes.legend}>
        {parts.map(({ part, cents }) => (
          <li key={part} style={{ '--colour': COLOURS[part] } as CSSProperties}>
            {t(`my-money.part.${part}`)} <b>{money(cents, facts.currency)}</b>
          </li>
        ))}
      </ul>
    </>
  );
}
