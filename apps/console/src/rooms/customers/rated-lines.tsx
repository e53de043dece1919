import { ActionIcon, Tooltip, VisuallyHidden } from '@mantine/core';
import { IconHelpCircle, IconZzz } from '@tabler/icons-react';
import { Fragment, type CSSProperties } from 'react';

import type { RatedLine } from '#apps/backoffice/api-types.js';

import { bandColour } from '../../app/theme.js';
import { EmptyState } from '../../parts/empty-state.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { bandName } from '../../wording/bands.js';
import { estimatedText } from '../../wording/estimated.js';
import type { LinePlace, LineTable } from '../../wording/lines.js';

import classes from './customer.module.css';

interface RatedLinesProps {
  readonly places: readonly LinePlace[];
  readonly currency: string;
  /** Opens why a line has its amount. */
  readonly why: (lineId: string) => void;
}

/** Each line as the charging report prints it: `6,867 kWh × 0,227756 € = 1,56 €`. */
export function RatedLines({ places, ...how }: RatedLinesProps) {
  const { currency } = how;
  const { t, money, kWh } = useWords();
  if (places.length === 0) {
    return <EmptyState icon={IconZzz} title={t('cmonth.lines.empty')} help={t('cmonth.lines.empty.help')} />;
  }
  return places.map((place) => (
    <div key={place.key} className={classes.place} data-testid="lines-place">
      <div className={classes.placeHead}>
        {place.spotName !== null && <h3>{t('spot.title', { name: place.spotName })}</h3>}
        <span className={classes.soft}>{place.chargerLabel}</span>
      </div>
      <table className={classes.lines} aria-label={place.chargerLabel}>
        <thead>
          <tr>
            <th scope="col">{t('cmonth.band')}</th>
            <th scope="col">{t('cmonth.interval')}</th>
            <th scope="col" data-align="right">
              {t('cmonth.energy')}
            </th>
            <th scope="col" data-align="right">
              {t('cmonth.price')}
            </th>
            <th scope="col" data-align="right">
              {t('cmonth.amount')}
            </th>
            <th scope="col">
              <VisuallyHidden>{t('why.title')}</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {place.tables.map((table) => (
            <TableLines key={`${table.season} ${table.dayType}`} table={table} {...how} />
          ))}
        </tbody>
      </table>
      <div className={classes.sum}>
        <span>{kWh(place.wh)}</span>
        <span>{money(place.cents, currency)}</span>
      </div>
    </div>
  ));
}

type How = Omit<RatedLinesProps, 'places'>;

function TableLines({ table, ...how }: How & { readonly table: LineTable }) {
  const { t } = useWords();
  return (
    <Fragment>
      <tr className={classes.table}>
        <th colSpan={6} scope="rowgroup">
          {nameOf(t, 'season', table.season)} / {nameOf(t, 'day', table.dayType)}
        </th>
      </tr>
      {table.lines.map((line) => (
        <LineRow key={line.lineId} line={line} {...how} />
      ))}
    </Fragment>
  );
}

function LineRow({ line, currency, why }: How & { readonly line: RatedLine }) {
  const { t, money, kWh } = useWords();
  return (
    <tr data-testid="rated-line">
      <td data-cell="label">
        <span
          className={classes.band}
          style={{ '--colour': bandColour(line.band) } as CSSProperties}
          title={bandName(t, line.band, line.label)}
        >
          {line.label}
          {line.direction === 'export' && ` · ${t('cmonth.export')}`}
        </span>
      </td>
      <td data-cell="interval">{line.interval}</td>
      <td data-cell="energy" data-align="right">
        {kWh(line.wh)}
        {line.estimatedWh > 0 && <span className={classes.estimated}>{estimatedText({ t, kWh }, line)}</span>}
      </td>
      <td data-cell="price" data-align="right">
        <Price line={line} currency={currency} />
      </td>
      <td data-cell="amount" data-align="right">
        {money(line.cents, currency)}
      </td>
      <td data-cell="why">
        <Tooltip label={t('why.title')}>
          <ActionIcon
            variant="subtle"
            color="gray"
            aria-label={t('why.of', { label: line.label, interval: line.interval })}
            onClick={() => why(line.lineId)}
            data-testid="why"
          >
            <IconHelpCircle size={17} aria-hidden />
          </ActionIcon>
        </Tooltip>
      </td>
    </tr>
  );
}

/** The price per kWh; behind it what it is made of, or that it is a mean. */
function Price({ line, currency }: { readonly line: RatedLine; readonly currency: string }) {
  const { t, price } = useWords();
  const text = price(line.perKWhMicros, currency);
  if (line.isAveragePrice) {
    return (
      <>
        {text}
        <Tooltip label={t('cmonth.average.help')} events={{ hover: true, focus: true, touch: true }}>
          <button type="button" className={classes.average}>
            {t('cmonth.average')}
          </button>
        </Tooltip>
      </>
    );
  }
  if (line.priceParts === null || line.priceParts.length < 2) return text;
  return (
    <details className={classes.parts}>
      <summary aria-label={t('cmonth.price.parts', { price: text })}>{text}</summary>
      <dl>
        {line.priceParts.map(({ component, micros }) => (
          <div key={component}>
            <dt>{nameOf(t, 'component', component)}</dt>
            <dd>{price(micros, currency)}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}
