import { Text } from '@mantine/core';
import type { CSSProperties } from 'react';

import type { BandPrices, TariffSpan } from '#apps/backoffice/api-types.js';

import { bandColour } from '../../app/theme.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { bandName, inBandOrder } from '../../wording/bands.js';
import { componentsOf, indexText } from '../../wording/tariff.js';

import classes from './tariffs.module.css';

/** What a kWh costs in each band: its components side by side and their sum; energy fed back apart. */
export function PriceTable({ span, currency }: { readonly span: TariffSpan; readonly currency: string }) {
  const words = useWords();
  const { t } = words;
  const { index } = span.plan;
  const imports = span.prices.filter(({ direction }) => direction === 'import');
  const exports = span.prices.filter(({ direction }) => direction === 'export');
  return (
    <>
      {index !== null && (
        <Text size="sm" mb="sm" data-testid="index-formula">
          {t('tariff.index', { formula: indexText(words, index, currency) })}
        </Text>
      )}
      {imports.length === 0 ? (
        <Text size="sm" c={index === null ? 'var(--cz-bad)' : 'dimmed'}>
          {t(index === null ? 'tariff.no-prices' : 'tariff.index.alone')}
        </Text>
      ) : (
        <Bands label={t('tariff.price-per-kwh')} prices={imports} currency={currency} isOnTop={index !== null} />
      )}
      {exports.length > 0 && (
        <>
          <h3 className={classes.subhead}>{t('tariff.exports')}</h3>
          <Bands label={t('tariff.exports')} prices={exports} currency={currency} isOnTop={false} />
        </>
      )}
    </>
  );
}

interface BandsProps {
  readonly label: string;
  readonly prices: readonly BandPrices[];
  readonly currency: string;
  /** The prices come on top of an index. */
  readonly isOnTop: boolean;
}

function Bands({ label, prices, currency, isOnTop }: BandsProps) {
  const { t, price } = useWords();
  const components = componentsOf(prices);
  const sum = t(isOnTop ? 'tariff.on-top' : 'tariff.total');
  return (
    <table className={classes.prices} aria-label={label}>
      <thead>
        <tr>
          <th scope="col">{t('cmonth.band')}</th>
          {components.map((component) => (
            <th key={component} scope="col" data-align="right">
              {nameOf(t, 'component', component)}
            </th>
          ))}
          <th scope="col" data-align="right">
            {sum}
          </th>
        </tr>
      </thead>
      <tbody>
        {inBandOrder(prices)
          .toReversed()
          .map((row) => (
            <tr key={row.band} data-testid="band-price" data-band={row.band}>
              <th scope="row">
                <span className={classes.band} style={{ '--colour': bandColour(row.band) } as CSSProperties}>
                  {bandName(t, row.band, row.label)}
                </span>
              </th>
              {components.map((component) => {
                const part = row.parts.find((each) => each.component === component);
                return (
                  <td key={component} data-align="right" data-label={nameOf(t, 'component', component)}>
                    {part === undefined ? t('app.none') : price(part.micros, currency)}
                  </td>
                );
              })}
              <td data-align="right" data-label={sum} data-total>
                {price(row.totalMicros, currency)}
              </td>
            </tr>
          ))}
      </tbody>
    </table>
  );
}
