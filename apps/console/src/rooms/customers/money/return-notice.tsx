import { Alert, Anchor, Loader, Text } from '@mantine/core';
import { IconCheck, IconInfoCircle } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useSearchParams } from 'react-router';

import type { Checkout, Money } from '#apps/backoffice/api-types.js';

import { checkoutQuery } from '../../../api/queries.js';
import { write } from '../../../api/request.js';
import { useWords } from '../../../texts/language.js';
import { isTextKey, nameOf, type Translate } from '../../../texts/translate.js';
import { customerPath, refreshMoney } from './use-money.js';

const UNSETTLED: ReadonlySet<string> = new Set(['created', 'open', 'pending']);
const ASK_AGAIN_MS = 3_000;

/** What is told to who comes back from the provider's page: credited is only what the provider has confirmed. */
export function ReturnNotice({ money }: { readonly money: Money }) {
  const [search, setSearch] = useSearchParams();
  const close = () => setSearch({}, { replace: true });
  const left = search.get('left') === '1';
  const checkoutId = search.get('checkout');
  if (checkoutId !== null) {
    return <CheckoutNotice customerId={money.customerId} checkoutId={checkoutId} left={left} close={close} />;
  }
  return search.has('mandate') ? <MandateNotice money={money} left={left} close={close} /> : null;
}

interface CheckoutNoticeProps {
  readonly customerId: string;
  readonly checkoutId: string;
  readonly left: boolean;
  readonly close: () => void;
}

function CheckoutNotice({ customerId, checkoutId, left, close }: CheckoutNoticeProps) {
  const { t, money } = useWords();
  const client = useQueryClient();
  const checkout = useQuery({
    ...checkoutQuery(customerId, checkoutId),
    refetchInterval: ({ state: { data } }) => (data !== undefined && UNSETTLED.has(data.state) ? ASK_AGAIN_MS : false),
  });
  const state = checkout.data?.state;
  useEffect(() => {
    const path = `${customerPath(customerId)}/checkouts/${encodeURIComponent(checkoutId)}`;
    // Its webhook brings the same news: when this fails, the page goes on looking.
    write<Checkout>('POST', `${path}/refresh`).then(
      (answer) => client.setQueryData(checkoutQuery(customerId, checkoutId).queryKey, answer),
      () => null,
    );
  }, [client, customerId, checkoutId]);
  useEffect(() => {
    if (state !== undefined) void refreshMoney(client, customerId);
  }, [client, customerId, state]);
  if (checkout.data === undefined || state === undefined) return null;
  const { amountCents, currency, method, purpose, url } = checkout.data;
  const isWaiting = UNSETTLED.has(state) && !left;
  const name = state === 'succeeded' ? `succeeded-${purpose}` : left && state === 'open' ? 'left' : state;
  const isPaid = state === 'succeeded';
  return (
    <Alert
      color={isPaid ? 'mar' : isWaiting || left ? 'blue' : 'red'}
      icon={isWaiting ? <Loader size={18} /> : isPaid ? <IconCheck /> : <IconInfoCircle />}
      title={nameOf(t, 'my-money.back', name)}
      withCloseButton
      closeButtonLabel={t('my-money.back.close')}
      onClose={close}
      mb="lg"
      data-testid="return-notice"
      data-state={state}
    >
      <Text size="sm">
        {backText(t, name === 'pending' ? `pending-${method ?? 'any'}` : name, money(amountCents, currency))}
      </Text>
      {left && state === 'open' && url !== null && (
        <Anchor href={url} size="sm">
          {t('my-money.under-way.go-on')}
        </Anchor>
      )}
    </Alert>
  );
}

function backText(t: Translate, name: string, amount: string): string {
  const key = `my-money.back-text.${name}`;
  return t(isTextKey(key) ? key : 'my-money.back-text.open', { amount });
}

interface MandateNoticeProps {
  readonly money: Money;
  readonly left: boolean;
  readonly close: () => void;
}

function MandateNotice({ money, left, close }: MandateNoticeProps) {
  const { t } = useWords();
  const client = useQueryClient();
  const isSigned = money.mandates.some(({ status }) => status === 'active');
  const isWaiting = !isSigned && !left;
  useEffect(() => {
    if (!isWaiting) return undefined;
    const timer = setInterval(() => void refreshMoney(client, money.customerId), ASK_AGAIN_MS);
    return () => clearInterval(timer);
  }, [client, isWaiting, money.customerId]);
  const name = left ? 'left' : isSigned ? 'signed' : 'waiting';
  return (
    <Alert
      color={isSigned && !left ? 'mar' : 'blue'}
      icon={isWaiting ? <Loader size={18} /> : <IconInfoCircle />}
      title={t(`my-money.back.mandate-${name}`)}
      withCloseButton
      closeButtonLabel={t('my-money.back.close')}
      onClose={close}
      mb="lg"
      data-testid="return-notice"
    >
      {t(`my-money.back-text.mandate-${name}`)}
    </Alert>
  );
}
