import { fiscalAmount } from '#libs/invoicing/fiscal/sign-document.js';
import { divideRoundedHalfUp } from '#libs/tariff/rounding.js';

import type { XmlElement } from './xml.js';

/** 23.00 of 2300. */
export const percentage = (permyriad: number): string => fiscalAmount(permyriad);

/** kWh of Wh, whatever its sign: 222.036 of 222036. */
export function kilowattHours(wh: number): string {
  return decimal(BigInt(Math.abs(wh)), 3);
}

/** An integer with so many decimals behind the point, at least two of them shown. */
function decimal(value: bigint, decimals: number): string {
  const digits = value.toString().padStart(decimals + 1, '0');
  const fraction = digits.slice(-decimals).replace(/0+$/, '').padEnd(2, '0');
  return `${digits.slice(0, -decimals)}.${fraction}`;
}

const EXACT_DECIMALS = 10;

/**
 * The price of a kWh with which quantity times price, rounded to the cent, is the line's amount: the price that was
 * charged where that holds; else (means of several prices, sums of parts that were rounded) the amount by the quantity,
 * to ten decimals. Schema: a UnitPrice is never negative; the side of the amount has the sign.
 */
export function kilowattHourPrice(wh: number, microsPerKWh: number | null, netCents: number): string {
  const [energyWh, cents] = [BigInt(Math.abs(wh)), BigInt(Math.abs(netCents))];
  if (microsPerKWh !== null) {
    const micros = BigInt(Math.abs(microsPerKWh));
    if (BigInt(divideRoundedHalfUp(energyWh * micros, 10_000_000n)) === cents) return decimal(micros, 6);
  }
  const scaled = (cents * 10n * 10n ** BigInt(EXACT_DECIMALS) + energyWh / 2n) / energyWh;
  return decimal(scaled, EXACT_DECIMALS);
}

/** The side that an amount is on: what is charged is credit (a sale), what is given back is debit. */
export function sideOf(netCents: number, zeroIsDebit = false): 'DebitAmount' | 'CreditAmount' {
  return netCents < 0 || (netCents === 0 && zeroIsDebit) ? 'DebitAmount' : 'CreditAmount';
}

/** Totals of one kind of document, as the schema heads it; both sides net of VAT. */
export interface SideTotals {
  readonly entries: number;
  readonly debitCents: number;
  readonly creditCents: number;
}

export function totalElements({ entries, debitCents, creditCents }: SideTotals): XmlElement[] {
  return [
    ['NumberOfEntries', String(entries)],
    ['TotalDebit', fiscalAmount(debitCents)],
    ['TotalCredit', fiscalAmount(creditCents)],
  ];
}
