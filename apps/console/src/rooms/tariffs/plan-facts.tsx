import { Anchor } from '@mantine/core';
import { Link } from 'react-router';

import type { TariffSpan } from '#apps/backoffice/api-types.js';

import { paths } from '../../app/paths.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';
import { calendarName } from './calendar-list.js';

import classes from './tariffs.module.css';

/** What the plan says besides prices: whose it is, which hours it follows, which VAT. */
export function PlanFacts({ span }: { readonly span: TariffSpan }) {
  const { t, day } = useWords();
  const { plan } = span;
  const vat = nameOf(t, 'vat-code', plan.vatCode);
  const facts: [string, React.ReactNode][] = [
    ...(plan.retailer === null ? [] : ([[t('tariff.retailer'), plan.retailer]] as [string, string][])),
    [t('tariff.bands'), nameOf(t, 'bands', String(plan.bandCount))],
    [
      t('calendar.name'),
      <Anchor key="calendar" component={Link} to={paths.calendar(plan.calendarId)} size="sm">
        {calendarName(t, { id: plan.calendarId, name: plan.calendarName })}
      </Anchor>,
    ],
    [
      t('tariff.changeover'),
      plan.calendarChangeover === null
        ? t('tariff.changeover.none')
        : t('tariff.changeover.on', { date: day(plan.calendarChangeover) }),
    ],
    [t('tariff.holidays'), t(plan.holidaysAsSunday ? 'tariff.holidays.sunday' : 'tariff.holidays.own')],
    [t('tariff.vat'), plan.exemptionCode === null ? vat : `${vat} (${plan.exemptionCode})`],
    ...(plan.source === null ? [] : ([[t('tariff.source'), plan.source]] as [string, string][])),
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
