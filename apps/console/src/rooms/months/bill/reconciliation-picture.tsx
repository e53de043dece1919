import { Text, Tooltip } from '@mantine/core';
import type { CSSProperties } from 'react';

import type { MonthBill } from '#apps/backoffice/api-types.js';

import { useWords } from '../../../texts/language.js';
import { nameOf } from '../../../texts/translate.js';
import { billParts } from '../../../wording/bill.js';

import classes from '../month.module.css';

const COLOURS: Readonly<Record<string, string>> = {
  energy: '#179883',
  charges: '#79d4c3',
  'spots-without-holder': '#f2b134',
  'unattributed-energy': '#e8590c',
  'common-areas-and-losses': '#868e96',
  'charges-kept': '#b5bdc6',
  'price-differences': '#9c36b5',
};

/** The retailer's bill as one bar: what residents paid of it, and what stays with the condominium and why. */
export function ReconciliationPicture({ bill }: { readonly bill: MonthBill }) {
  const { t, money, kWh } = useWords();
  const { parts, recoveredCents, residualCents } = billParts(bill);
  const amount = (cents: number): string => money(cents, bill.currency);
  const colourOf = (code: string): string => COLOURS[code] ?? '#868e96';
  return (
    <>
      <Text size="sm" mb="sm" data-testid="reconciliation">
        {t(bill.billSource === 'retailer-invoice' ? 'bill.sum' : 'bill.sum.tariff', {
          bill: amount(bill.billCents ?? 0),
          recovered: amount(recoveredCents),
          residual: amount(residualCents),
        })}
      </Text>
      <div className={classes.bar} aria-hidden>
        {parts
          .filter(({ netCents }) => netCents > 0)
          .map(({ side, code, netCents }) => (
            <Tooltip key={code} label={`${nameOf(t, `bill.part.${side}`, code)}: ${amount(netCents)}`}>
              <div className={classes.part} style={{ flex: netCents, background: colourOf(code) }} />
            </Tooltip>
          ))}
      </div>
      <dl className={classes.legend} data-wide>
        {parts.map(({ side, code, wh, netCents }) => (
          <div key={code} style={{ '--colour': colourOf(code) } as CSSProperties}>
            <dt>{nameOf(t, `bill.part.${side}`, code)}</dt>
            <dd>{amount(netCents)}</dd>
            {wh !== null && wh !== 0 && <dd className={classes.legendNote}>{kWh(wh, 1)}</dd>}
          </div>
        ))}
      </dl>
    </>
  );
}
