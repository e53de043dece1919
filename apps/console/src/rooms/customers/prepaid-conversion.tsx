import { Button, Group, Text } from '@mantine/core';

import { PAYMENT_METHODS, type Prepaid } from '#apps/backoffice/api-types.js';

import { useAsk } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { usePrepaidCommand } from './use-prepaid-command.js';

/** Another way of paying from the next month on, or that it was ordered. */
export function PrepaidConversion({ prepaid }: { readonly prepaid: Prepaid }) {
  const { t, period } = useWords();
  const ask = useAsk();
  const command = usePrepaidCommand(prepaid.customerId);
  const { conversion, method, hasMandate } = prepaid;
  const next = conversion?.method ?? method;
  const others = PAYMENT_METHODS.filter((one) => one !== next && (one !== 'direct-debit' || hasMandate));
  const order = (to: string) =>
    ask({
      title: t('prepaid.convert.title', { method: nameOf(t, 'method', to) }),
      body: t(to === 'prepaid' ? 'prepaid.convert.to-prepaid' : 'prepaid.convert.body'),
      confirm: t('prepaid.convert.confirm'),
      run: (_answers, key) => command('conversion', { method: to, rest: 'keep' }, key),
      done: t('prepaid.convert.done'),
    });
  return (
    <div>
      <Text size="sm" mb={6}>
        {conversion === null
          ? t('prepaid.method', { method: nameOf(t, 'method', method) })
          : t('prepaid.method.changes', {
              method: nameOf(t, 'method', method),
              next: nameOf(t, 'method', conversion.method),
              period: period(conversion.fromPeriod),
            })}
      </Text>
      <Group gap="xs">
        {others.map((one) => (
          <Button
            key={one}
            size="compact-sm"
            variant="subtle"
            onClick={() => order(one)}
            data-testid={`convert-${one}`}
          >
            {t('prepaid.convert', { method: nameOf(t, 'method', one) })}
          </Button>
        ))}
      </Group>
    </div>
  );
}
