import { Alert, Badge, Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { MandateFacts, MandateLinkAnswer, Money, WithdrawnMandateAnswer } from '#apps/backoffice/api-types.js';

import { Intent } from '../../../api/intent.js';
import { write } from '../../../api/request.js';
import { Refusal, useAsk } from '../../../parts/action-dialog.js';
import { Section } from '../../../parts/section.js';
import { useWords } from '../../../texts/language.js';
import { nameOf } from '../../../texts/translate.js';
import { customerPath, refreshMoney } from './use-money.js';

import classes from './money.module.css';

interface MandateProps {
  readonly money: Money;
  readonly mayPay: boolean;
  readonly own: boolean;
}

/** The authorisation of direct debits: what holds, what is agreed to, signing and withdrawing. */
export function Mandate({ money: facts, mayPay, own }: MandateProps) {
  const { t, day } = useWords();
  const current = facts.mandates.find(({ status }) => status === 'active' || status === 'pending');
  const former = facts.mandates.filter(({ endedAt }) => endedAt !== null);
  return (
    <Section title={t('my-money.mandate')} help={t('my-money.mandate.help')}>
      <Stack gap="sm" data-testid="mandate">
        {current === undefined ? (
          <Text size="sm">{t('my-money.mandate.none')}</Text>
        ) : (
          <Group gap="sm">
            <Badge color={current.status === 'active' ? 'mar' : 'yellow'}>{nameOf(t, 'mandate', current.status)}</Badge>
            {current.ibanLast4 !== null && <Text>{t('customer.mandate.iban', { last4: current.ibanLast4 })}</Text>}
            <Text size="sm" c="dimmed">
              {t('my-money.mandate.since', { date: day(current.signedAt) })}
            </Text>
          </Group>
        )}
        <details className={classes.text}>
          <summary>{t('my-money.mandate.read')}</summary>
          <p>{current?.text ?? facts.mandateText.text}</p>
        </details>
        {mayPay && facts.canPay && (
          <Group gap="xs">
            {own ? <Sign money={facts} again={current !== undefined} /> : <SendLink money={facts} />}
            {current?.status === 'active' && <Withdraw customerId={facts.customerId} mandate={current} />}
          </Group>
        )}
        {former.length > 0 && (
          <ul className={classes.former}>
            {former.map(({ mandateId, ibanLast4, endedAt, endedBecause }) => (
              <li key={mandateId}>
                {t('my-money.mandate.ended', { last4: ibanLast4 ?? '—', date: day(endedAt ?? '') })}
                {endedBecause !== null && ` · ${nameOf(t, 'mandate-ended', endedBecause)}`}
              </li>
            ))}
          </ul>
        )}
      </Stack>
    </Section>
  );
}

const useLink = (customerId: string) => {
  const [intent] = useState(() => new Intent());
  return () =>
    intent.once('link', (key) =>
      write<MandateLinkAnswer>('POST', `${customerPath(customerId)}/mandate-links`, {}, key),
    );
};

function Sign({ money: { customerId }, again }: { readonly money: Money; readonly again: boolean }) {
  const { t } = useWords();
  const link = useLink(customerId);
  const sign = useMutation({
    mutationFn: link,
    onSuccess: (ran) => {
      if (ran !== null && ran.answer.url !== null) globalThis.location.assign(ran.answer.url);
    },
  });
  return (
    <>
      <Button
        variant={again ? 'default' : 'filled'}
        loading={sign.isPending || sign.isSuccess}
        onClick={() => sign.mutate()}
        data-testid="sign-mandate"
      >
        {t(again ? 'my-money.mandate.other' : 'my-money.mandate.sign')}
      </Button>
      {sign.isError && <Refusal error={sign.error} />}
    </>
  );
}

function SendLink({ money: { customerId } }: { readonly money: Money }) {
  const { t } = useWords();
  const ask = useAsk();
  const send = () =>
    ask({
      title: t('my-money.mandate.send'),
      body: t('my-money.mandate.send.body'),
      confirm: t('my-money.mandate.send'),
      run: (_answers, key) => write('POST', `${customerPath(customerId)}/mandate-links`, {}, key),
      done: t('my-money.mandate.send.done'),
    });
  return (
    <Button variant="default" onClick={send} data-testid="send-mandate-link">
      {t('my-money.mandate.send')}
    </Button>
  );
}

interface WithdrawProps {
  readonly customerId: string;
  readonly mandate: MandateFacts;
}

/** After it: how many debits are with the bank already, which nobody can call back here. */
function Withdraw({ customerId, mandate }: WithdrawProps) {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  const [underWay, setUnderWay] = useState(0);
  const withdraw = () =>
    ask({
      title: t('my-money.mandate.withdraw'),
      body: t('my-money.mandate.withdraw.body'),
      confirm: t('my-money.mandate.withdraw'),
      colour: 'red',
      run: async (_answers, key) => {
        const path = `${customerPath(customerId)}/mandates/${mandate.mandateId}/withdraw`;
        const { debitsUnderWay } = await write<WithdrawnMandateAnswer>('POST', path, {}, key);
        setUnderWay(debitsUnderWay);
        await refreshMoney(client, customerId);
      },
      done: t('my-money.mandate.withdrawn'),
    });
  return (
    <>
      <Button variant="subtle" color="red" onClick={withdraw} data-testid="withdraw-mandate">
        {t('my-money.mandate.withdraw')}
      </Button>
      {underWay > 0 && <Alert color="yellow">{t('my-money.mandate.under-way', { count: underWay })}</Alert>}
    </>
  );
}
