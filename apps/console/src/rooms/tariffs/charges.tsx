import { Text } from '@mantine/core';

import type { PlanCharge } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { chargeText } from '../../wording/tariff.js';

import classes from './tariffs.module.css';

interface ChargesProps {
  readonly charges: readonly PlanCharge[];
  readonly currency: string;
  readonly empty: string;
}

/** What is charged besides the price of each kWh, how it is divided and with which VAT. */
export function Charges({ charges, currency, empty }: ChargesProps) {
  const words = useWords();
  const { t } = words;
  if (charges.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    );
  }
  return (
    <dl className={classes.charges}>
      {charges.map((charge) => (
        <div key={`${charge.party} ${charge.code}`} data-testid="plan-charge">
          <dt>
            {charge.label}
            <span>
              {nameOf(t, 'share', charge.shareBy)} · {nameOf(t, 'vat-code', charge.vatCode)}
              {charge.exemptionCode !== null && ` (${charge.exemptionCode})`}
            </span>
          </dt>
          <dd>{chargeText(words, charge, currency)}</dd>
        </div>
      ))}
    </dl>
  );
}
