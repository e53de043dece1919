import { Button, Tabs } from '@mantine/core';
import { IconCalendarClock, IconChartLine, IconReceipt2, IconUpload } from '@tabler/icons-react';
import { useState } from 'react';
import { Link, useSearchParams } from 'react-router';

import { paths } from '../../app/paths.js';
import { useSession } from '../../app/session.js';
import { PageHeader } from '../../parts/page-header.js';
import { useWords } from '../../texts/language.js';
import { maySteer } from '../../wording/month.js';
import { AddCalendar } from './add-calendar.js';
import { CalendarList } from './calendar-list.js';
import { SeriesList } from './series-list.js';
import { TariffList } from './tariff-list.js';

import classes from './tariffs.module.css';

const SHOWN = ['plans', 'calendars', 'series'] as const;
type Shown = (typeof SHOWN)[number];
const ICONS: Record<Shown, typeof IconReceipt2> = {
  plans: IconReceipt2,
  calendars: IconCalendarClock,
  series: IconChartLine,
};

/** What energy costs: the plans that hold, the hours of their bands, the markets' prices behind indexed ones. */
export function Tariffs() {
  const { t } = useWords();
  const { user } = useSession();
  const [search, setSearch] = useSearchParams();
  const [adding, setAdding] = useState(false);
  const shown = SHOWN.find((each) => each === search.get('show')) ?? 'plans';
  const steer = maySteer(user.role);
  return (
    <>
      <PageHeader title={t('tariffs.title')} lead={t('tariffs.lead')}>
        {steer && shown !== 'calendars' && (
          <Button
            component={Link}
            to={paths.importList(shown === 'series' ? 'price-series' : 'price-plan')}
            leftSection={<IconUpload size={17} aria-hidden />}
            data-testid="open-import"
          >
            {t(shown === 'series' ? 'import.open.series' : 'import.open')}
          </Button>
        )}
        {steer && shown === 'calendars' && (
          <Button variant="default" onClick={() => setAdding(true)} data-testid="add-calendar">
            {t('calendar.add')}
          </Button>
        )}
      </PageHeader>
      <Tabs
        value={shown}
        onChange={(value) => setSearch(value === null || value === 'plans' ? {} : { show: value }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List mb="lg" aria-label={t('tariffs.title')}>
          {SHOWN.map((each) => {
            const Icon = ICONS[each];
            return (
              <Tabs.Tab
                key={each}
                value={each}
                leftSection={<Icon size={17} aria-hidden />}
                className={classes.tab ?? ''}
              >
                {t(`tariffs.tab.${each}`)}
              </Tabs.Tab>
            );
          })}
        </Tabs.List>
        <Tabs.Panel value="plans" tabIndex={-1}>
          <TariffList />
        </Tabs.Panel>
        <Tabs.Panel value="calendars" tabIndex={-1}>
          <CalendarList />
        </Tabs.Panel>
        <Tabs.Panel value="series" tabIndex={-1}>
          <SeriesList />
        </Tabs.Panel>
      </Tabs>
      {steer && <AddCalendar opened={adding} close={() => setAdding(false)} />}
    </>
  );
}
