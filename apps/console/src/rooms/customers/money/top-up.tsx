import { Button, Chip, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';

import type { Money } from '#apps/backoffice/api-types.js';

import { currencySymbol, formatScaled, parseAmountCents } from '../../../format/numbers.js';
import { Refusal } from '../../../parts/action-dialog.js';
import { Section } from '../../../parts/section.js';
import { useWords } from '../../../texts/language.js';
import { firstWay, MethodChoice } from './method-choice.js';
import { TransferData } from './transfer-data.js';
import { isLeaving, useCheckout } from './use-money.js';

const USUAL_CENTS = [1_000, 2_500, 5_000, 10_000];

/** Paying ahead: a usual amount by one tap, or any other. */
export function TopUp({ money: facts }: { readonly money: Money }) {
  const { t, money, language } = useWords();
  const [text, setText] = useState(() => formatScaled(2_500, 2, 2, language));
  const [way, setWay] = useState(() => firstWay(facts));
  const checkout = useCheckout(facts.customerId);
  const cents = parseAmountCents(text);
  const limits = facts.methods.find(({ method }) => method === way);
  const fits = cents !== null && limits !== undefined && cents >= limits.leastCents && cents <= limits.mostCents;
  return (
    <Section title={t('my-money.top-up')} help={t('my-money.top-up.help')}>
      <Stack gap="md">
        <Chip.Group
          multiple={false}
          value={String(cents)}
          onChange={(value) => setText(formatScaled(Number(value), 2, 2, language))}
        >
          <Group gap="xs" role="radiogroup" aria-label={t('my-money.top-up.usual')}>
            {USUAL_CENTS.map((usual) => (
              <Chip key={usual} value={String(usual)} size="md">
                {money(usual, 'EUR')}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
        <TextInput
          label={t('my-money.top-up.amount')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={(cents === null || cents <= 0) && t('ask.amount.wrong')}
          rightSection={<Text c="dimmed">{currencySymbol('EUR')}</Text>}
          inputMode="decimal"
          maw={220}
        />
        <MethodChoice money={facts} amountCents={cents} way={way} choose={setWay} />
        {way === 'transfer' ? (
          <TransferData transfer={facts.transfer} amountCents={cents} currency="EUR" />
        ) : (
          <Button
            size="md"
            disabled={!fits}
            loading={isLeaving(checkout)}
            onClick={() => checkout.mutate({ pays: { purpose: 'top-up', amountCents: cents ?? 0 }, method: way })}
            data-testid="top-up"
          >
            {t('my-money.pay', { amount: money(cents ?? 0, 'EUR'), way: t(`my-money.way.${way}`) })}
          </Button>
        )}
        {checkout.isError && <Refusal error={checkout.error} />}
      </Stack>
    </Section>
  );
}
