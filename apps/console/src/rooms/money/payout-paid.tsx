import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Payout } from '#apps/backoffice/api-types.js';

import { Intent } from '../../api/intent.js';
import { write } from '../../api/request.js';
import { Refusal, sayDone } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';

/** When the bank paid, and what it calls it. */
export function PaidDialog({ payout, close }: { readonly payout: Payout; readonly close: () => void }) {
  const { t, money } = useWords();
  const client = useQueryClient();
  const [paidOn, setPaidOn] = useState(() => new Date().toISOString().slice(0, 10));
  const [reference, setReference] = useState('');
  const [intent] = useState(() => new Intent());
  const pay = useMutation({
    mutationFn: async () => {
      const bankReference = reference.trim();
      const body = { paidOn, ...(bankReference !== '' && { bankReference }) };
      const path = `/payouts/${encodeURIComponent(payout.payoutId)}/paid`;
      await intent.once(JSON.stringify(body), (key) => write('POST', path, body, key));
      await client.invalidateQueries({ queryKey: ['payouts'] });
    },
    onSuccess: () => {
      close();
      sayDone(t('done.title'), t('payout-deed.paid.done'));
    },
  });
  return (
    <Modal opened onClose={close} title={<Text fw={650}>{t('payout-deed.paid')}</Text>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          pay.mutate();
        }}
      >
        <Stack>
          <Text size="sm">
            {t('payout-deed.paid.ask', {
              condominium: payout.condominiumName,
              amount: money(payout.totalCents, payout.currency),
            })}
          </Text>
          <TextInput
            type="date"
            required
            label={t('payouts.paid-on')}
            value={paidOn}
            onChange={(event) => setPaidOn(event.currentTarget.value)}
          />
          <TextInput
            label={t('payouts.bank-reference')}
            value={reference}
            maxLength={140}
            onChange={(event) => setReference(event.currentTarget.value)}
          />
          {pay.error !== null && <Refusal error={pay.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} disabled={pay.isPending}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={pay.isPending} data-testid="confirm-paid">
              {t('payout-deed.paid')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
