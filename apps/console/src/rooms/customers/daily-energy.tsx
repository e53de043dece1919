import '@mantine/charts/styles.css';
import { BarChart } from '@mantine/charts';

import type { CustomerMonthDetail } from '#apps/backoffice/api-types.js';

import { bandColour } from '../../app/theme.js';
import { formatScaled } from '../../format/numbers.js';
import { useWords } from '../../texts/language.js';
import { bandName, inBandOrder, niceTicks } from '../../wording/bands.js';

import classes from './customer.module.css';

type Props = CustomerMonthDetail;

/** Every day of the month side by side, each stacked by tariff band from the cheapest up. */
export function DailyEnergy({ days, lines }: Pick<Props, 'lines'> & { readonly days: Props['dailyWh'] }) {
  const { t, kWh, day, language } = useWords();
  const labels = new Map(lines.map(({ band, label }) => [band, label]));
  const used = new Set(days.flatMap(({ byBand }) => Object.keys(byBand).filter((band) => (byBand[band] ?? 0) > 0)));
  const bands = inBandOrder([...used].map((band) => ({ band })));
  const ticks = niceTicks(
    Math.max(...days.map(({ byBand }) => Object.values(byBand).reduce((sum, wh) => sum + wh, 0))),
  );
  const data = days.map((each) => ({ date: each.date, ...each.byBand }));
  return (
    <figure className={classes.chart} aria-label={t('cmonth.daily.chart')}>
      <BarChart
        h={280}
        data={data}
        dataKey="date"
        type="stacked"
        withLegend
        yAxisLabel="kWh"
        legendProps={{ verticalAlign: 'bottom', itemSorter: null }}
        tickLine="none"
        gridAxis="x"
        series={bands.map(({ band }) => ({
          name: band,
          label: bandName(t, band, labels.get(band) ?? band),
          color: bandColour(band),
        }))}
        valueFormatter={(wh) => kWh(wh)}
        xAxisProps={{
          tickFormatter: (date: string) => String(Number(date.slice(8))),
          interval: 'equidistantPreserveStart',
          minTickGap: 2,
        }}
        yAxisProps={{
          ticks,
          domain: [0, ticks.at(-1) ?? 0],
          tickFormatter: (wh: number) => formatScaled(wh, 3, wh % 1000 === 0 ? 0 : 1, language),
          width: 42,
        }}
        tooltipProps={{ labelFormatter: (date) => (typeof date === 'string' ? day(date) : '') }}
        barProps={{ isAnimationActive: false }}
        maxBarWidth={24}
      />
    </figure>
  );
}
