import type { SlowLine } from './lines.js';

/** Six decimals, as price lists print them. */
function decimal(micros: number): string {
  const digits = String(Math.abs(micros)).padStart(7, '0');
  return `${micros < 0 ? '-' : ''}${digits.slice(0, -6)}.${digits.slice(-6)}`;
}

/** A line as design/interfaces.md has `chazemo rate` print it. */
export function printedLine(line: SlowLine) {
  const { chargerId, season, dayType, band, label, interval, direction, wh, estimatedWh, cents } = line;
  const perKWh = decimal(line.microsPerKWh);
  return { chargerId, season, dayType, band, label, interval, direction, wh, estimatedWh, perKWh, cents };
}
