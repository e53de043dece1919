import { Button, Radio, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Money } from '#apps/backoffice/api-types.js';
import { isValidIban } from '#libs/payments/iban.js';

import { currencySymbol, formatScaled, parseAmountCents } from '../../../format/numbers.js';
import { FormDialog } from '../../../parts/form-dialog.js';
import { IbanInput } from '../../../parts/iban-input.js';
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
      {opened && <RefundDialog money={facts} close={() => setOpened(false)} />}
    </>
  );
}

function RefundDialog({ money: facts, close }: { readonly money: Money; readonly close: () => void }) {
  const { t, money, language } = useWords();
  const client = useQueryClient();
  const [amount, setAmount] = useState(() => formatScaled(facts.availableCents, 2, 2, language));
  const [way, setWay] = useState('stripe');
  const [account, setAccount] = useState({ iban: '', accountHolder: '' });
  const [reason, setReason] = useState('');
  const cents = parseAmountCents(amount);
  const isAmount = cents !== null && cents > 0 && cents <= facts.availableCents;
  const isAccount = way === 'stripe' || (isValidIban(account.iban) && account.accountHolder.trim() !== '');
  const isWhole = isAmount && isAccount && reason.trim() !== '';
  const to = way === 'stripe' ? { way } : { way, ...account };
  return (
    <FormDialog
      title={t('my-money.refund')}
      confirm={t('my-money.refund')}
      done={t('my-money.refund.done')}
      path={`${customerPath(facts.customerId)}/refunds`}
      body={isWhole ? { amountCents: cents, to, reason: reason.trim() } : null}
      refresh={() => refreshMoney(client, facts.customerId)}
      close={close}
    >
      {(tried) => (
        <>
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
              <IbanInput value={account.iban} change={(iban) => setAccount({ ...account, iban })} tried={tried} />
              <TextInput
                label={t('my-money.transfer.holder')}
                value={account.accountHolder}
                maxLength={140}
                onChange={(event) => setAccount({ ...account, accountHolder: event.currentTarget.value })}
                error={tried && account.accountHolder.trim() === '' && t('form.missing')}
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
            error={tried && reason.trim() === '' && t('ask.reason.missing')}
          />
        </>
      )}
    </FormDialog>
  );
}
