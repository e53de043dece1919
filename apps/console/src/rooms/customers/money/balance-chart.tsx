import '@mantine/charts/styles.css';
import { LineChart } from '@mantine/charts';

import { useWords } from '../../../texts/language.js';
import type { DayBalance } from './daily-balances.js';

import classes from './money.module.css';

interface Props {
  readonly days: readonly DayBalance[];
  readonly currency: string;
}

/** The balance from day to day: below the line is to be paid, above it is paid ahead. */
export function BalanceChart({ days, currency }: Props) {
  const { t, money, day } = useWords();
  return (
    <figure className={classes.chart} aria-label={t('statement.chart')}>
      <LineChart
        h={150}
        data={days.map(({ date, balanceCents }) => ({ date, balanceCents }))}
        dataKey="date"
        series={[{ name: 'balanceCents', label: t('statement.balance'), color: 'mar.6' }]}
        curveType="stepAfter"
        withDots={false}
        tickLine="none"
        gridAxis="x"
        referenceLines={[{ y: 0, color: 'gray.6' }]}
        valueFormatter={(cents) => money(cents, currency)}
        xAxisProps={{
          tickFormatter: (date: string) => String(Number(date.slice(8))),
          interval: 'equidistantPreserveStart',
          minTickGap: 6,
        }}
        yAxisProps={{ width: 74, tickCount: 3 }}
        tooltipProps={{ labelFormatter: (date) => (typeof date === 'string' ? day(date) : '') }}
        lineProps={{ isAnimationActive: false }}
      />
    </figure>
  );
}
