import type { InvoiceView, PrintedLine } from './month.js';

const euro = new Intl.NumberFormat('pt-PT', { style: 'currency', currency: 'EUR' });
const kWh = new Intl.NumberFormat('pt-PT', { minimumFractionDigits: 3, maximumFractionDigits: 3 });

/** The golden report as a table for a terminal. */
export function goldenTable(lines: readonly PrintedLine[]): string {
  const rows = lines.map((line) => [
    `${line.season}/${line.dayType}`,
    line.label,
    line.interval,
    `${kWh.format(line.wh / 1000)} kWh`,
    `${line.perKWh.replace('.', ',')} €/kWh`,
    euro.format(line.cents / 100),
  ]);
  const totalWh = lines.reduce((sum, line) => sum + line.wh, 0);
  const totalCents = lines.reduce((sum, line) => sum + line.cents, 0);
  rows.push([
    'Total para 3012 (zcs031903)',
    '',
    '',
    `${kWh.format(totalWh / 1000)} kWh`,
    '',
    euro.format(totalCents / 100),
  ]);
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? [];
  return rows
    .map((row) =>
      row
        .map((cell, column) => (column < 3 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  '),
    )
    .join('\n');
}

/** How many invoices are in which state, and their sums. */
export function invoiceTable(invoices: readonly Pick<InvoiceView, 'state' | 'totalCents'>[]): string {
  const byState = new Map<string, { count: number; cents: number }>();
  for (const { state, totalCents } of invoices) {
    const sum = byState.get(state) ?? { count: 0, cents: 0 };
    byState.set(state, { count: sum.count + 1, cents: sum.cents + totalCents });
  }
  return [...byState]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([state, { count, cents }]) => `${state.padEnd(12)} ${String(count).padStart(3)}  ${euro.format(cents / 100)}`)
    .join('\n');
}
