import { Anchor, Badge, Stack, Text } from '@mantine/core';

import type { Money, PaymentUnderWay } from '#apps/backoffice/api-types.js';

import { Section } from '../../../parts/section.js';
import { useWords } from '../../../texts/language.js';
import { isTextKey, nameOf } from '../../../texts/translate.js';
import type { Words } from '../../../texts/words.js';
import { CopyValue, inThrees } from './copy-value.js';

import classes from './money.module.css';

/** What is on its way, what follows and when; nothing is shown when nothing is. */
export function UnderWay({ money: facts }: { readonly money: Money }) {
  const { t } = useWords();
  if (facts.underWay.length === 0) return null;
  return (
    <Section title={t('my-money.under-way')} help={t('my-money.under-way.help')}>
      <Stack gap="md" data-testid="under-way">
        {facts.underWay.map((payment) => (
          <Payment key={payment.id} payment={payment} />
        ))}
      </Stack>
    </Section>
  );
}

function Payment({ payment }: { readonly payment: PaymentUnderWay }) {
  const words = useWords();
  const { t, money, day, instant } = words;
  const { kind, method, amountCents, currency, since, numbers, voucher, url } = payment;
  const about = numbers.length > 0 ? numbers.join(', ') : t(`my-money.under-way.${kind}`);
  return (
    <div className={classes.payment} data-kind={kind} data-state={payment.state}>
      <div className={classes.paymentHead}>
        <span>
          <b>{about}</b> {method !== null && <Badge color="gray">{nameOf(t, 'my-money.way', method)}</Badge>}
        </span>
        <b className="cz-figures">{money(amountCents, currency)}</b>
      </div>
      <Text size="sm">{nextText(words, payment)}</Text>
      <Text size="xs" c="dimmed">
        {t('my-money.under-way.since', { date: instant(since) })}
      </Text>
      {voucher !== null && (
        <dl className={classes.copies} data-testid="voucher">
          <CopyValue label={t('my-money.voucher.entity')} shown={voucher.entity} />
          <CopyValue
            label={t('my-money.voucher.reference')}
            shown={inThrees(voucher.reference)}
            value={voucher.reference}
          />
          <CopyValue label={t('my-money.amount')} shown={money(amountCents, currency)} />
          {voucher.expiresAt !== null && (
            <Text size="sm">{t('my-money.voucher.until', { date: day(voucher.expiresAt) })}</Text>
          )}
        </dl>
      )}
      {kind === 'checkout' && url !== null && (
        <Anchor href={url} size="sm" fw={550}>
          {t(voucher === null ? 'my-money.under-way.go-on' : 'my-money.voucher.page')}
        </Anchor>
      )}
    </div>
  );
}

/** What follows, by what it is and how it stands. */
function nextText({ t, day, instant }: Words, { kind, state, method, until }: PaymentUnderWay): string {
  const date = until === null ? '' : kind === 'debit' ? day(until) : instant(until);
  const keys = [
    `my-money.next.${kind}.${state}.${method ?? 'any'}`,
    ...(until === null ? [] : [`my-money.next.${kind}.${state}.dated`]),
    `my-money.next.${kind}.${state}`,
  ];
  const key = keys.find(isTextKey);
  return key === undefined ? nameOf(t, 'my-money.next', state) : t(key, { date });
}
