import type { AdjustmentLine, CustomerMonthDetail, ImputedLine } from '#apps/backoffice/api-types.js';

import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';
import { daysIn, howText } from '../../wording/imputed.js';

import classes from './customer.module.css';

/** What the month costs besides energy: the retailer's charges, our own fees apart, corrections of former months. */
export function MonthCharges({ month }: { readonly month: CustomerMonthDetail }) {
  const { t } = useWords();
  const charges = month.charges.filter(({ party }) => party !== 'bpo');
  const fees = month.charges.filter(({ party }) => party === 'bpo');
  return (
    <>
      {charges.length > 0 && (
        <Section title={t('cmonth.charges')} help={t('cmonth.charges.help')}>
          <Charges charges={charges} month={month} />
        </Section>
      )}
      {fees.length > 0 && (
        <Section title={t('cmonth.fees')} help={t('cmonth.fees.help')}>
          <Charges charges={fees} month={month} />
        </Section>
      )}
      {month.adjustments.length > 0 && (
        <Section title={t('cmonth.adjustments')} help={t('cmonth.adjustments.help')}>
          <Adjustments lines={month.adjustments} currency={month.currency} />
        </Section>
      )}
    </>
  );
}

interface ChargesProps {
  readonly charges: readonly ImputedLine[];
  readonly month: CustomerMonthDetail;
}

function Charges({ charges, month }: ChargesProps) {
  const words = useWords();
  const { t, money } = words;
  const { currency, period } = month;
  const sumCents = charges.reduce((sum, { netCents }) => sum + netCents, 0);
  return (
    <>
      <dl className={classes.charges}>
        {charges.map((charge) => (
          <div key={`${charge.code} ${charge.spotName ?? ''} ${charge.fromDate}`} data-testid="charge">
            <dt>
              {charge.label}
              {charge.spotName !== null && ` · ${t('spot.title', { name: charge.spotName })}`}
              <span>{howText(words, charge, { days: daysIn(period), currency })}</span>
            </dt>
            <dd>{money(charge.netCents, currency)}</dd>
          </div>
        ))}
      </dl>
      {charges.length > 1 && (
        <div className={classes.sum}>
          <span />
          <span>{money(sumCents, currency)}</span>
        </div>
      )}
    </>
  );
}

interface AdjustmentsProps {
  readonly lines: readonly AdjustmentLine[];
  readonly currency: string;
}

function Adjustments({ lines, currency }: AdjustmentsProps) {
  const { t, money, kWh, price, period } = useWords();
  const about = ({ spotName, interval, wh, perKWhMicros }: AdjustmentLine): string =>
    [
      spotName === null ? null : t('spot.title', { name: spotName }),
      interval,
      wh === null || perKWhMicros === null ? null : `${kWh(wh)} × ${price(perKWhMicros, currency)}`,
    ]
      .filter((part) => part !== null)
      .join(' · ');
  return (
    <dl className={classes.charges}>
      {lines.map((line, index) => (
        // oxlint-disable-next-line react/no-array-index-key -- an issued document's lines stay in their order
        <div key={index} data-testid="adjustment-line">
          <dt>
            {t('cmonth.adjustment.of', { label: line.label, period: period(line.period) })}
            <span>{about(line)}</span>
          </dt>
          <dd>{money(line.netCents, currency)}</dd>
        </div>
      ))}
    </dl>
  );
}
