import { Text } from '@mantine/core';
import type { CSSProperties } from 'react';

import type { Prepaid } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { prepaidParts, type PrepaidPart } from '../../wording/prepaid.js';

import classes from './prepaid.module.css';

const COLOURS: Record<PrepaidPart, string> = {
  available: '#179883',
  unbilled: '#f2a93b',
  owed: '#e8590c',
  reserved: '#adb5bd',
};

/** The balance as one bar: what is left, what was consumed and is not billed, what is owed already. */
export function PrepaidPicture({ prepaid }: { readonly prepaid: Prepaid }) {
  const { t, money, kWh, period } = useWords();
  const { currency, availableCents, months } = prepaid;
  const parts = prepaidParts(prepaid);
  const total = parts.reduce((sum, { cents }) => sum + cents, 0);
  return (
    <div>
      {total > 0 && (
        <div className={classes.bar} aria-hidden>
          {parts.map(({ part, cents }) => (
            <div key={part} className={classes.part} style={{ flex: cents, background: COLOURS[part] }} />
          ))}
        </div>
      )}
      <dl className={classes.legend} data-testid="prepaid-figures">
        <div>
          <dt>{t('prepaid.balance')}</dt>
          <dd>{money(prepaid.balanceCents, currency)}</dd>
        </div>
        {parts
          .filter(({ part }) => part !== 'available')
          .map(({ part, cents }) => (
            <div key={part} style={{ '--colour': COLOURS[part] } as CSSProperties}>
              <dt>{t(`prepaid.part.${part}`)}</dt>
              <dd>{money(cents, currency)}</dd>
            </div>
          ))}
        <div
          style={{ '--colour': COLOURS.available } as CSSProperties}
          {...(availableCents < prepaid.lowBalanceCents && { 'data-bad': true })}
        >
          <dt>{t('prepaid.part.available')}</dt>
          <dd>{money(availableCents, currency)}</dd>
        </div>
      </dl>
      {months.map((month) => (
        <Text key={`${month.installationId} ${month.period}`} size="sm" c="dimmed" mt={6}>
          {t(month.fixedAs === 'unknown' ? 'prepaid.month.energy' : 'prepaid.month', {
            period: period(month.period),
            energy: kWh(month.energyWh),
            amount: money(month.grossCents, currency),
          })}
        </Text>
      ))}
    </div>
  );
}
