import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Payout } from '#apps/backoffice/api-types.js';

import { dayAhead } from '../../format/dates.js';
import { FormDialog } from '../../parts/form-dialog.js';
import { useWords } from '../../texts/language.js';

/** When the bank paid, and what it calls it. */
export function PaidDialog({ payout, close }: { readonly payout: Payout; readonly close: () => void }) {
  const { t, money } = useWords();
  const client = useQueryClient();
  const [paidOn, setPaidOn] = useState(() => dayAhead(0));
  const [reference, setReference] = useState('');
  const bankReference = reference.trim();
  const amount = money(payout.totalCents, payout.currency);
  return (
    <FormDialog
      title={t('payout-deed.paid')}
      help={t('payout-deed.paid.ask', { condominium: payout.condominiumName, amount })}
      confirm={t('payout-deed.paid')}
      done={t('payout-deed.paid.done')}
      path={`/payouts/${encodeURIComponent(payout.payoutId)}/paid`}
      body={paidOn === '' ? null : { paidOn, ...(bankReference !== '' && { bankReference }) }}
      refresh={() => client.invalidateQueries({ queryKey: ['payouts'] })}
      close={close}
      testId="confirm-paid"
    >
      {(tried) => (
        <>
          <TextInput
            type="date"
            required
            label={t('payouts.paid-on')}
            value={paidOn}
            onChange={(event) => setPaidOn(event.currentTarget.value)}
            error={tried && paidOn === '' && t('form.missing')}
          />
          <TextInput
            label={t('payouts.bank-reference')}
            value={reference}
            maxLength={140}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
        </>
      )}
    </FormDialog>
  );
}
