import { isLocalDay, isPeriod } from '#libs/registry/period.js';
import { BAND_PATTERN } from '#libs/tariff/bands.js';

import type { BilledLine } from './reconciliation.js';

/** The retailer's invoice as a person enters it; days local and inclusive, energy in Wh, money in cents. */
export interface RetailerInvoiceEntry {
  readonly installationId: string;
  /** yyyy-mm: the month it is compared with. */
  readonly period: string;
  readonly number: string;
  readonly issueDate: string | null;
  readonly periodFrom: string;
  readonly periodTo: string;
  readonly netCents: number;
  readonly vatCents: number;
  readonly totalCents: number;
  readonly lines: readonly BilledLine[];
}

/** `field`: the entry's, or a line's with `line`, counted from 1. */
export interface RetailerInvoiceRefusal {
  readonly code:
    | 'RETAILER_INVOICE.INSTALLATION_NOT_FOUND'
    | 'RETAILER_INVOICE.INVALID'
    | 'RETAILER_INVOICE.LINES_NOT_NET'
    | 'RETAILER_INVOICE.NOT_TOTAL';
  readonly field: string;
  readonly line: number | null;
  readonly message: string;
}

/** Whether an invoice is whole and adds up: lines to net, net and VAT to the total. Null: it is and does. */
export function checkRetailerInvoice(entry: RetailerInvoiceEntry): RetailerInvoiceRefusal | null {
  const invalid = (field: string, message: string): RetailerInvoiceRefusal => ({
    code: 'RETAILER_INVOICE.INVALID',
    field,
    line: null,
    message,
  });
  const { periodFrom, periodTo, issueDate, netCents, vatCents, totalCents, lines } = entry;
  if (!isPeriod(entry.period)) return invalid('period', 'expected a month as yyyy-mm');
  if (entry.number.trim() === '') return invalid('number', 'is empty');
  if (issueDate !== null && !isLocalDay(issueDate)) return invalid('issueDate', 'expected a day as yyyy-mm-dd');
  if (!isLocalDay(periodFrom)) return invalid('periodFrom', 'expected a day as yyyy-mm-dd');
  if (!isLocalDay(periodTo)) return invalid('periodTo', 'expected a day as yyyy-mm-dd');
  if (periodTo < periodFrom) return invalid('periodTo', 'is before "periodFrom"');
  for (const [field, cents] of Object.entries({ netCents, vatCents, totalCents })) {
    if (!Number.isSafeInteger(cents)) return invalid(field, 'expected whole cents');
  }
  if (lines.length === 0) return invalid('lines', 'there is none');
  for (const [index, line] of lines.entries()) {
    const wrong = checkLine(line);
    if (wrong !== null) return { ...invalid(wrong.field, wrong.message), line: index + 1 };
  }
  return checkSums(entry);
}

function checkLine(line: BilledLine): { field: string; message: string } | null {
  const { kind, band, code, label, wh, netCents } = line;
  if (label.trim() === '') return { field: 'label', message: 'is empty' };
  if (!Number.isSafeInteger(netCents)) return { field: 'netCents', message: 'expected whole cents' };
  switch (kind) {
    case 'energy':
      if (band === null || !BAND_PATTERN.test(band)) {
        return { field: 'band', message: 'expected a band such as super-vazio' };
      }
      if (wh !== null && !(Number.isSafeInteger(wh) && wh >= 0)) return { field: 'wh', message: 'expected whole Wh' };
      return code === null ? null : { field: 'code', message: 'energy has a band and no code' };
    case 'charge':
      if (band !== null) return { field: 'band', message: 'a charge has no band' };
      return wh === null ? null : { field: 'wh', message: 'a charge has no energy' };
    default:
      return kind satisfies never;
  }
}

function checkSums({ lines, netCents, vatCents, totalCents }: RetailerInvoiceEntry): RetailerInvoiceRefusal | null {
  const sumCents = lines.reduce((sum, line) => sum + line.netCents, 0);
  if (sumCents !== netCents) {
    const message = `the lines come to ${sumCents} cents, the invoice says ${netCents}`;
    return { code: 'RETAILER_INVOICE.LINES_NOT_NET', field: 'netCents', line: null, message };
  }
  if (netCents + vatCents !== totalCents) {
    const message = `net and VAT come to ${netCents + vatCents} cents, the invoice says ${totalCents}`;
    return { code: 'RETAILER_INVOICE.NOT_TOTAL', field: 'totalCents', line: null, message };
  }
  return null;
}
