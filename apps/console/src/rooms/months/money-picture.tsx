import { Skeleton, Text, Tooltip } from '@mantine/core';
import type { CSSProperties } from 'react';

import type { Invoice } from '#apps/backoffice/api-types.js';

import { useWords } from '../../texts/language.js';
import { MONEY_PLACES, moneyPicture, type MoneyPlace } from '../../wording/invoice.js';

import classes from './month.module.css';

const COLOURS: Record<MoneyPlace, string> = {
  collected: '#179883',
  processing: '#4c8df5',
  arrears: '#e8590c',
  open: '#adb5bd',
};

interface MoneyPictureProps {
  readonly invoices: readonly Invoice[] | undefined;
  readonly currency: string;
  /** Whether invoices may still come. */
  readonly over: boolean;
}

/** What was invoiced, as one bar: come in, on its way, owed, still to collect. */
export function MoneyPicture({ invoices, currency, over }: MoneyPictureProps) {
  const { t, money } = useWords();
  if (invoices === undefined) return <Skeleton height={30} radius="md" />;
  const picture = moneyPicture(invoices);
  const totalCents = MONEY_PLACES.reduce((sum, place) => sum + picture[place], 0);
  if (totalCents === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t(over ? 'month.money-picture.none' : 'month.money-picture.empty')}
      </Text>
    );
  }
  return (
    <>
      <div className={classes.bar} aria-hidden>
        {MONEY_PLACES.filter((place) => picture[place] > 0).map((place) => (
          <Tooltip key={place} label={`${t(`money.${place}`)}: ${money(picture[place], currency)}`}>
            <div className={classes.part} style={{ flex: picture[place], background: COLOURS[place] }} />
          </Tooltip>
        ))}
      </div>
      <dl className={classes.legend}>
        {MONEY_PLACES.map((place) => (
          <div key={place} style={{ '--colour': COLOURS[place] } as CSSProperties}>
            <dt>{t(`money.${place}`)}</dt>
            <dd>{money(picture[place], currency)}</dd>
          </div>
        ))}
      </dl>
    </>
  );
}
