import { Button, Group, Modal, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { MadeRefund, Money } from '#apps/backoffice/api-types.js';

import { Intent } from '../../../api/intent.js';
import { write } from '../../../api/request.js';
import { currencySymbol, formatScaled, parseAmountCents } from '../../../format/numbers.js';
import { Refusal, sayDone } from '../../../parts/action-dialog.js';
import { useWords } from '../../../texts/language.js';
import { customerPath, refreshMoney } from './use-money.js';

/** Staff give back what was paid ahead: on the payments it came by, or to an account. */
export function RefundButton({ money: facts }: { readonly money: Money }) {
  const { t } = useWords();
  const [opened, setOpened] = useState(false);
  return (
    <>
      <Button
        variant="default"
        disabled={facts.availableCents <= 0 || !facts.canPay}
        onClick={() => setOpened(true)}
        data-testid="refund"
      >
        {t('my-money.refund')}
      </Button>
      <Modal opened={opened} onClose={() => setOpened(false)} title={<Text fw={650}>{t('my-money.refund')}</Text>}>
        <RefundForm money={facts} close={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function RefundForm({ money: facts, close }: { readonly money: Money; readonly close: () => void }) {
  const { t, money, language } = useWords();
  const client = useQueryClient();
  const [intent] = useState(() => new Intent());
  const [amount, setAmount] = useState(() => formatScaled(facts.availableCents, 2, 2, language));
  const [way, setWay] = useState('stripe');
  const [account, setAccount] = useState({ iban: '', accountHolder: '' });
  const [reason, setReason] = useState('');
  const cents = parseAmountCents(amount);
  const isAmount = cents !== null && cents > 0 && cents <= facts.availableCents;
  const isAccount = way === 'stripe' || (account.iban.trim().length >= 15 && account.accountHolder.trim() !== '');
  const refund = useMutation({
    mutationFn: () => {
      const to = way === 'stripe' ? { way } : { way, ...account };
      const body = { amountCents: cents, to, reason: reason.trim() };
      const path = `${customerPath(facts.customerId)}/refunds`;
      return intent.once(JSON.stringify(body), (key) => write<MadeRefund>('POST', path, body, key));
    },
    onSuccess: async (ran) => {
      if (ran === null) return;
      close();
      sayDone(t('done.title'), t('my-money.refund.done'));
      await refreshMoney(client, facts.customerId);
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isAmount && isAccount && reason.trim() !== '') refund.mutate();
      }}
      noValidate
    >
      <Stack gap="md">
        <TextInput
          label={t('my-money.amount')}
          description={t('my-money.refund.most', { most: money(facts.availableCents, facts.currency) })}
          value={amount}
          onChange={(event) => setAmount(event.currentTarget.value)}
          error={!isAmount && t('ask.amount.wrong')}
          rightSection={<Text c="dimmed">{currencySymbol(facts.currency)}</Text>}
          inputMode="decimal"
          data-autofocus
        />
        <Radio.Group label={t('my-money.refund.way')} value={way} onChange={setWay}>
          <Stack gap="xs" mt="xs">
            <Radio value="stripe" label={t('my-money.refund.stripe')} />
            <Radio value="bank" label={t('my-money.refund.bank')} />
          </Stack>
        </Radio.Group>
        {way === 'bank' && (
          <>
            <TextInput
              label="IBAN"
              value={account.iban}
              maxLength={42}
              autoComplete="off"
              onChange={(event) => setAccount({ ...account, iban: event.currentTarget.value })}
            />
            <TextInput
              label={t('my-money.transfer.holder')}
              value={account.accountHolder}
              maxLength={140}
              onChange={(event) => setAccount({ ...account, accountHolder: event.currentTarget.value })}
            />
          </>
        )}
        <Textarea
          label={t('ask.reason')}
          description={t('ask.reason.help')}
          value={reason}
          maxLength={500}
          autosize
          minRows={2}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {refund.isError && <Refusal error={refund.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} disabled={refund.isPending}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={refund.isPending} disabled={!isAmount || !isAccount || reason.trim() === ''}>
            {t('my-money.refund')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
