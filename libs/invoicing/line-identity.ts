import type { ChargeLine } from './plan-invoice.js';

/** Who is paid by a line and how it is taxed: sums are kept apart by it. */
export function partyAndTaxOf({ party, vatCode, exemptionCode }: ChargeLine): string {
  return JSON.stringify([party, vatCode, exemptionCode]);
}

/** What a line is about, at whatever price. */
export function subjectOf({ kind, spotName, chargerId, season, dayType, band, label, interval }: ChargeLine): string {
  return JSON.stringify([kind, spotName, chargerId, season, dayType, band, label, interval]);
}
