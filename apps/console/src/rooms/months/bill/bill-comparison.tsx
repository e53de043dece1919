import { Text } from '@mantine/core';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { useMemo } from 'react';

import type { BillComparison, BillMeaning } from '#apps/backoffice/api-types.js';

import { DataTable, type Column } from '../../../parts/data-table.js';
import { useWords } from '../../../texts/language.js';
import type { Words } from '../../../texts/words.js';
import { bandName, inBandOrder } from '../../../wording/bands.js';
import { isDifferent, meaningTexts } from '../../../wording/bill.js';

type BandRow = BillComparison['bands'][number];
type ChargeRow = BillComparison['charges'][number];

interface BillComparisonProps {
  readonly comparison: BillComparison;
  readonly currency: string;
}

/** Measured beside invoiced, band by band and charge by charge; what differs is marked, with what it may mean. */
export function BillComparisonTable({ comparison, currency }: BillComparisonProps) {
  const words = useWords();
  const { t, kWh, money } = words;
  const bandColumns = useMemo(() => columnsOfBands(words, currency), [words, currency]);
  const chargeColumns = useMemo(() => columnsOfCharges(words, currency), [words, currency]);
  const { tolerance } = comparison;
  return (
    <div style={{ marginTop: 20 }} data-testid="bill-comparison">
      {isDifferent(comparison) ? (
        <Meanings meanings={comparison.meanings} />
      ) : (
        <Text size="sm" c="mar" fw={550} mb="xs">
          <IconCheck size={16} aria-hidden style={{ verticalAlign: '-3px' }} />{' '}
          {t('bill.agrees', { wh: kWh(tolerance.wh), amount: money(tolerance.cents, currency) })}
        </Text>
      )}
      <DataTable
        label={t('bill.bands')}
        rows={inBandOrder(comparison.bands).toReversed()}
        columns={bandColumns}
        rowKey={({ band }) => band}
      />
      {comparison.charges.length > 0 && (
        <div style={{ marginTop: 16 }}>
          <DataTable
            label={t('bill.charges')}
            rows={comparison.charges}
            columns={chargeColumns}
            rowKey={({ code, label }) => code ?? label}
          />
        </div>
      )}
    </div>
  );
}

function Meanings({ meanings }: { readonly meanings: readonly BillMeaning[] }) {
  const { t } = useWords();
  return meaningTexts(t, meanings).map((text) => (
    <Text key={text} size="sm" c="var(--cz-warn)" fw={550} mb="xs">
      <IconAlertTriangle size={16} aria-hidden style={{ verticalAlign: '-3px' }} /> {text}
    </Text>
  ));
}

/** A difference with its sign; nothing where there is none. */
function Off({ text, isMarked }: { readonly text: string | null; readonly isMarked: boolean }) {
  if (text === null) return null;
  return <span style={isMarked ? { color: 'var(--cz-warn)', fontWeight: 650 } : undefined}>{text}</span>;
}

const signed = (value: number, text: string): string | null => (value === 0 ? null : value > 0 ? `+${text}` : text);

function columnsOfBands({ t, kWh, money }: Words, currency: string): Column<BandRow>[] {
  return [
    {
      id: 'band',
      header: t('cmonth.band'),
      render: ({ band, label, meanings }) => (
        <>
          {bandName(t, band, label)}
          {meaningTexts(t, meanings).map((text) => (
            <Text key={text} size="xs" c="var(--cz-warn)">
              {text}
            </Text>
          ))}
        </>
      ),
      card: 'head',
    },
    { id: 'measured', header: t('bill.measured'), align: 'right', render: ({ measuredWh }) => kWh(measuredWh) },
    {
      id: 'invoiced',
      header: t('bill.invoiced'),
      align: 'right',
      render: ({ invoicedWh }) => (invoicedWh === null ? t('app.none') : kWh(invoicedWh)),
    },
    {
      id: 'off-wh',
      header: t('bill.off-kwh'),
      align: 'right',
      render: ({ measuredWh, invoicedWh, meanings }) =>
        invoicedWh === null ? null : (
          <Off text={signed(invoicedWh - measuredWh, kWh(invoicedWh - measuredWh))} isMarked={meanings.length > 0} />
        ),
    },
    { id: 'rated', header: t('bill.rated'), align: 'right', render: ({ ratedCents }) => money(ratedCents, currency) },
    {
      id: 'cents',
      header: t('bill.amount'),
      align: 'right',
      render: ({ invoicedCents }) => money(invoicedCents, currency),
    },
    {
      id: 'off',
      header: t('bill.off'),
      align: 'right',
      render: ({ ratedCents, invoicedCents, meanings }) => (
        <Off
          text={signed(invoicedCents - ratedCents, money(invoicedCents - ratedCents, currency))}
          isMarked={meanings.length > 0}
        />
      ),
    },
  ];
}

function columnsOfCharges({ t, money }: Words, currency: string): Column<ChargeRow>[] {
  return [
    {
      id: 'charge',
      header: t('bill.charge'),
      render: ({ label, meanings }) => (
        <>
          {label}
          {meaningTexts(t, meanings).map((text) => (
            <Text key={text} size="xs" c="var(--cz-warn)">
              {text}
            </Text>
          ))}
        </>
      ),
      card: 'head',
    },
    {
      id: 'expected',
      header: t('bill.expected'),
      align: 'right',
      render: ({ expectedCents }) => money(expectedCents, currency),
    },
    {
      id: 'invoiced',
      header: t('bill.amount'),
      align: 'right',
      render: ({ invoicedCents }) => money(invoicedCents, currency),
    },
    {
      id: 'off',
      header: t('bill.off'),
      align: 'right',
      render: ({ expectedCents, invoicedCents, meanings }) => (
        <Off
          text={signed(invoicedCents - expectedCents, money(invoicedCents - expectedCents, currency))}
          isMarked={meanings.length > 0}
        />
      ),
    },
  ];
}
