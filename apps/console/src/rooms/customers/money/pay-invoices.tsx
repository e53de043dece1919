import { Badge, Button, Checkbox, Stack, Text } from '@mantine/core';
import { useState } from 'react';

import type { DueInvoice, Money } from '#apps/backoffice/api-types.js';

import { Refusal } from '../../../parts/action-dialog.js';
import { Section } from '../../../parts/section.js';
import { useWords } from '../../../texts/language.js';
import { isPromised, payableOf, sumOf } from './due-parts.js';
import { firstWay, MethodChoice } from './method-choice.js';
import { TransferData } from './transfer-data.js';
import { isLeaving, useCheckout } from './use-money.js';

import classes from './money.module.css';

/** The open invoices: which are paid, how, and what it comes to. The oldest are chosen first. */
export function PayInvoices({ money: facts, mayPay }: { readonly money: Money; readonly mayPay: boolean }) {
  const { t, money } = useWords();
  const [turned, setTurned] = useState<ReadonlySet<string>>(new Set());
  const offered = payableOf(facts);
  const chosen = facts.due.filter(
    (invoice) => !invoice.debitInFlight && offered.includes(invoice) !== turned.has(invoice.documentId),
  );
  const cents = sumOf(chosen);
  if (facts.due.length === 0) return null;
  const turn = (documentId: string): void =>
    setTurned((now) => {
      const next = new Set(now);
      if (!next.delete(documentId)) next.add(documentId);
      return next;
    });
  return (
    <Section title={t('my-money.invoices')} help={t('my-money.invoices.help')}>
      <Stack gap="md">
        <ul className={classes.invoices} data-testid="open-invoices">
          {facts.due.map((invoice) => (
            <InvoiceRow
              key={invoice.documentId}
              invoice={invoice}
              chosen={chosen.includes(invoice)}
              turn={turn}
              mayPay={mayPay}
              promised={isPromised(facts, invoice)}
            />
          ))}
        </ul>
        <div className={classes.sum}>
          <span>{t('my-money.chosen', { count: chosen.length })}</span>
          <b data-testid="chosen-sum">{money(cents, facts.currency)}</b>
        </div>
        {mayPay && <Payment money={facts} chosen={chosen} cents={cents} />}
      </Stack>
    </Section>
  );
}

interface PaymentProps {
  readonly money: Money;
  readonly chosen: readonly DueInvoice[];
  readonly cents: number;
}

function Payment({ money: facts, chosen, cents }: PaymentProps) {
  const { t, money } = useWords();
  const [way, setWay] = useState(() => firstWay(facts));
  const checkout = useCheckout(facts.customerId);
  const [only] = chosen;
  const limits = facts.methods.find(({ method }) => method === way);
  const fits = limits !== undefined && cents >= limits.leastCents && cents <= limits.mostCents;
  const transfer = chosen.length === 1 && only !== undefined ? only.transfer : facts.transfer;
  return (
    <>
      <MethodChoice money={facts} amountCents={cents === 0 ? null : cents} way={way} choose={setWay} />
      {way === 'transfer' ? (
        <TransferData transfer={transfer} amountCents={cents === 0 ? null : cents} currency={facts.currency} />
      ) : (
        <Button
          size="md"
          disabled={cents === 0 || !fits}
          loading={isLeaving(checkout)}
          onClick={() => {
            const documentIds = chosen.map(({ documentId }) => documentId);
            checkout.mutate({ pays: { purpose: 'invoices', documentIds }, method: way });
          }}
          data-testid="pay-chosen"
        >
          {t('my-money.pay', { amount: money(cents, facts.currency), way: t(`my-money.way.${way}`) })}
        </Button>
      )}
      {checkout.isError && <Refusal error={checkout.error} />}
    </>
  );
}

interface InvoiceRowProps {
  readonly invoice: DueInvoice;
  readonly chosen: boolean;
  readonly turn: (documentId: string) => void;
  readonly mayPay: boolean;
  readonly promised: boolean;
}

function InvoiceRow({ invoice, chosen, turn, mayPay, promised }: InvoiceRowProps) {
  const { t, money, day } = useWords();
  const { documentId, number, dueDate, dueCents, currency, debitInFlight } = invoice;
  return (
    <li>
      <Checkbox
        checked={chosen}
        disabled={debitInFlight || !mayPay}
        onChange={() => turn(documentId)}
        label={number}
        description={t('my-money.invoice.until', { date: day(dueDate) })}
      />
      <span>
        {debitInFlight && <Badge color="gray">{t('my-money.invoice.debited')}</Badge>}
        {promised && <Badge color="yellow">{t('my-money.invoice.promised')}</Badge>}
        <Text component="b" fw={600} className="cz-figures">
          {money(dueCents, currency)}
        </Text>
      </span>
    </li>
  );
}
