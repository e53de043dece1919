import { Alert, Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Prepaid, Refund, RefundDecisionName, RefundFileAnswer } from '#apps/backoffice/api-types.js';
import { isValidIban } from '#libs/payments/iban.js';

import { Intent } from '../../api/intent.js';
import { prepaidQuery } from '../../api/queries.js';
import { refundFileUrl, write } from '../../api/request.js';
import { Refusal, sayDone, useAsk } from '../../parts/action-dialog.js';
import { IbanInput } from '../../parts/iban-input.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { usePrepaidCommand } from './use-prepaid-command.js';

interface RefundProps {
  readonly prepaid: Prepaid;
  readonly mayAct: boolean;
  readonly isStaff: boolean;
}

/** What goes back to who leaves: asked for, its account, and for staff each step of it. */
export function PrepaidRefund({ prepaid, mayAct, isStaff }: RefundProps) {
  const { t, money, day } = useWords();
  const [opened, setOpened] = useState(false);
  const { refund, currency } = prepaid;
  const asks = mayAct && ((refund === null && prepaid.balanceCents > 0) || refund?.state === 'proposed');
  return (
    <>
      {refund !== null && (
        <Alert color="blue" title={t('prepaid.refund', { amount: money(refund.amountCents, currency) })}>
          <Text size="sm">
            {nameOf(t, 'refund', refund.state)}
            {refund.ibanLast4 !== null && ` · ${t('customer.mandate.iban', { last4: refund.ibanLast4 })}`}
          </Text>
          {isStaff && refund.reversibleUntil !== null && (
            <Text size="sm">{t('prepaid.refund.reversible', { date: day(refund.reversibleUntil) })}</Text>
          )}
          {isStaff && <Decisions refund={refund} />}
        </Alert>
      )}
      {asks && (
        <Group>
          <Button variant="default" onClick={() => setOpened(true)} data-testid="prepaid-leave">
            {t(refund === null ? 'prepaid.leave' : 'prepaid.refund.account')}
          </Button>
        </Group>
      )}
      <Modal opened={opened} onClose={() => setOpened(false)} title={<Text fw={650}>{t('prepaid.leave')}</Text>}>
        <AccountForm prepaid={prepaid} close={() => setOpened(false)} />
      </Modal>
    </>
  );
}

function AccountForm({ prepaid, close }: { readonly prepaid: Prepaid; readonly close: () => void }) {
  const { t } = useWords();
  const command = usePrepaidCommand(prepaid.customerId);
  const [iban, setIban] = useState('');
  const [intent] = useState(() => new Intent());
  const isNew = prepaid.refund === null;
  const save = useMutation({
    mutationFn: () => {
      const body = { iban: iban.trim() };
      return intent.once(JSON.stringify(body), (key) => command(isNew ? 'leaving' : 'refund-account', body, key));
    },
    onSuccess: () => {
      close();
      sayDone(t('done.title'), t('prepaid.leave.done'));
    },
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isValidIban(iban)) save.mutate();
      }}
      noValidate
    >
      <Stack gap="md">
        <Text size="sm">{t(isNew ? 'prepaid.leave.body' : 'prepaid.refund.account.body')}</Text>
        <IbanInput value={iban} change={setIban} description={t('prepaid.iban.help')} first />
        {save.isError && <Refusal error={save.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} disabled={save.isPending}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={save.isPending} disabled={!isValidIban(iban)}>
            {t('prepaid.leave.confirm')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

const NEXT: Partial<Record<Refund['state'], readonly RefundDecisionName[]>> = {
  proposed: ['approve', 'cancel'],
  approved: ['cancel'],
  sent: ['done', 'fail'],
};

function Decisions({ refund }: { readonly refund: Refund }) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const refresh = () => client.invalidateQueries({ queryKey: prepaidQuery(refund.customerId).queryKey });
  const decide = (decision: RefundDecisionName) =>
    ask({
      title: nameOf(t, 'refund-decision', decision),
      body: t(`prepaid.refund.${decision}.body`),
      confirm: nameOf(t, 'refund-decision', decision),
      ...(decision === 'cancel' || decision === 'fail' ? { colour: 'red', needsReason: true } : {}),
      run: async ({ reason }, key) => {
        await write('POST', `/refunds/${refund.id}/${decision}`, reason === '' ? {} : { reason }, key);
        await refresh();
      },
      done: t('prepaid.refund.decided'),
    });
  const makeFile = () =>
    ask({
      title: t('prepaid.refund.file'),
      body: t('prepaid.refund.file.body'),
      confirm: t('prepaid.refund.file'),
      run: async (_answers, key) => {
        await write<RefundFileAnswer>('POST', '/refunds/file', { issuerId: refund.issuerId }, key);
        await refresh();
      },
      done: t('prepaid.refund.file.done'),
    });
  return (
    <Group gap="xs" mt="sm">
      {(NEXT[refund.state] ?? []).map((decision) => (
        <Button key={decision} size="compact-sm" variant="default" onClick={() => decide(decision)}>
          {nameOf(t, 'refund-decision', decision)}
        </Button>
      ))}
      {refund.state === 'approved' && (
        <Button size="compact-sm" onClick={makeFile}>
          {t('prepaid.refund.file')}
        </Button>
      )}
      {refund.state === 'sent' && refund.messageId !== null && (
        <Anchor href={refundFileUrl(refund.messageId)} download size="sm">
          {t('prepaid.refund.download')}
        </Anchor>
      )}
    </Group>
  );
}
