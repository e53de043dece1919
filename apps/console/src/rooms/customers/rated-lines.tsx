import { IconZzz } from '@tabler/icons-react';
import { Fragment, type CSSProperties } from 'react';

import type { RatedLine } from '#apps/backoffice/api-types.js';

import { bandColour } from '../../app/theme.js';
import { EmptyState } from '../../parts/empty-state.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { bandName } from '../../wording/bands.js';
import type { LinePlace, LineTable } from '../../wording/lines.js';

import classes from './customer.module.css';

/** Each line as the charging report prints it: `6,867 kWh × 0,227756 € = 1,56 €`. */
export function RatedLines({ places }: { readonly places: readonly LinePlace[] }) {
  const { t, euros, kWh } = useWords();
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
          </tr>
        </thead>
        <tbody>
          {place.tables.map((table) => (
            <TableLines key={`${table.season} ${table.dayType}`} table={table} />
          ))}
        </tbody>
      </table>
      <div className={classes.sum}>
        <span>{kWh(place.wh)}</span>
        <span>{euros(place.cents)}</span>
      </div>
    </div>
  ));
}

function TableLines({ table }: { readonly table: LineTable }) {
  const { t } = useWords();
  return (
    <Fragment>
      <tr className={classes.table}>
        <th colSpan={5} scope="rowgroup">
          {nameOf(t, 'season', table.season)} / {nameOf(t, 'day', table.dayType)}
        </th>
      </tr>
      {table.lines.map((line) => (
        <LineRow key={`${line.label} ${line.interval} ${line.perKWhMicros} ${line.direction}`} line={line} />
      ))}
    </Fragment>
  );
}

function LineRow({ line }: { readonly line: RatedLine }) {
  const { t, euros, kWh, price } = useWords();
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
        {line.estimatedWh > 0 && (
          <span className={classes.estimated}>{t('cmonth.estimated', { wh: kWh(line.estimatedWh) })}</span>
        )}
      </td>
      <td data-cell="price" data-align="right">
        {price(line.perKWhMicros)}
      </td>
      <td data-cell="amount" data-align="right">
        {euros(line.cents)}
      </td>
    </tr>
  );
}
