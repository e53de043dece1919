import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';
import { findInstallation } from '#libs/registry/tables/references.js';
import { decimal, optionalDay, optionalText, requiredText, signedDecimal } from '#libs/registry/tabular/cells.js';
import {
  changeOf,
  problemAt,
  type ImportOptions,
  type Problem,
  type RowResult,
  type Table,
} from '#libs/registry/tabular/table.js';
import { BAND_PATTERN } from '#libs/tariff/bands.js';

import type { RetailerInvoiceEntry, RetailerInvoiceRefusal } from '../check-retailer-invoice.js';
import type { BilledLine } from '../reconciliation.js';
import { bandsOfInstallation, enterRetailerInvoice, findInvoice } from '../retailer-invoice.js';

const empty = z.literal('').transform(() => null);
const money = (what: string) => signedDecimal(2, `${what} such as 1234,56`);

const schema = z.object({
  installation: requiredText,
  number: requiredText,
  period: z.union([empty, z.string().regex(/^\d{4}-(0[1-9]|1[0-2])$/)], 'expected a month as yyyy-mm'),
  issueDate: optionalDay,
  periodFrom: optionalDay,
  periodTo: optionalDay,
  kind: z.enum(['energy', 'charge'], 'expected energy or charge'),
  band: z.union([empty, z.string().regex(BAND_PATTERN)], 'expected a band such as super-vazio'),
  code: optionalText,
  label: requiredText,
  kWh: z.union([empty, decimal(3, 'energy in kWh')], 'expected energy in kWh such as 120,512'),
  net: money('an amount'),
  vat: z.union([empty, money('VAT')], 'expected the VAT of the whole invoice such as 12,34'),
  total: z.union([empty, money('a total')], 'expected the total of the whole invoice such as 1234,56'),
});
type Row = z.infer<typeof schema>;

/** What belongs to the whole invoice: given in its first row, repeated or left empty in the others. */
const OF_INVOICE = ['period', 'issueDate', 'periodFrom', 'periodTo', 'vat', 'total'] as const;
type OfInvoice = { -readonly [Name in (typeof OF_INVOICE)[number]]: Row[Name] };

interface OpenInvoice {
  readonly installationId: string;
  readonly number: string;
  readonly stored: RetailerInvoiceEntry | null;
  readonly head: OfInvoice;
  readonly bands: readonly string[];
  readonly rows: { readonly number: number; readonly line: BilledLine }[];
}

/** The invoices of each import under way, by its transaction: rows come one by one, an invoice is whole only at the end. */
const underWay = new WeakMap<Sql, Map<string, OpenInvoice>>();

async function openInvoice(trx: Sql, { installation, number, ...row }: Row): Promise<OpenInvoice> {
  const invoices = underWay.get(trx) ?? new Map<string, OpenInvoice>();
  underWay.set(trx, invoices);
  const key = JSON.stringify([installation, number]);
  const known = invoices.get(key);
  if (known !== undefined) return known;
  const { period, issueDate, periodFrom, periodTo, vat, total } = row;
  const head = { period, issueDate, periodFrom, periodTo, vat, total };
  const stored = await findInvoice(trx, installation, number);
  const bands = await bandsOfInstallation(trx, installation);
  const opened = { installationId: installation, number, stored, head, bands, rows: [] };
  invoices.set(key, opened);
  return opened;
}

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  if ((await findInstallation(trx, row.installation)) === null) {
    return problemAt(number, 'installation', `there is no installation "${row.installation}"`);
  }
  const invoice = await openInvoice(trx, row);
  if (row.band !== null && !invoice.bands.includes(row.band)) {
    return problemAt(number, 'band', `expected one of ${invoice.bands.join(', ')}`);
  }
  for (const name of OF_INVOICE) {
    const other = takeHead(invoice.head, row, name);
    if (other !== null) return problemAt(number, name, `differs from "${other}" in another row of ${row.number}`);
  }
  const line = { kind: row.kind, band: row.band, code: row.code, label: row.label, wh: row.kWh, netCents: row.net };
  const before = invoice.stored?.lines[invoice.rows.length];
  invoice.rows.push({ number, line });
  const what = `invoice ${row.number}: ${row.label} ${(row.net / 100).toFixed(2)}`;
  if (invoice.stored === null) return changeOf(number, 'create', what);
  return changeOf(number, isSameLine(before, line) ? 'same' : 'change', what);
}

/** Takes over what a row says of the whole invoice; what stands there already, where the row says something else. */
function takeHead<Name extends keyof OfInvoice>(head: OfInvoice, row: OfInvoice, name: Name): string | null {
  if (head[name] === null) head[name] = row[name];
  else if (row[name] !== null && row[name] !== head[name]) return String(head[name]);
  return null;
}

function isSameLine(a: BilledLine | undefined, b: BilledLine): boolean {
  if (a === undefined) return false;
  const { kind, band, code, label, wh, netCents } = a;
  return JSON.stringify([kind, band, code, label, wh, netCents]) === JSON.stringify(Object.values(b));
}

async function finish(trx: Sql, options: ImportOptions): Promise<Problem[]> {
  const invoices = underWay.get(trx) ?? new Map<string, OpenInvoice>();
  underWay.delete(trx);
  const problems: Problem[] = [];
  for (const invoice of invoices.values()) {
    const problem = await enter(trx, invoice, options);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

async function enter(trx: Sql, invoice: OpenInvoice, options: ImportOptions): Promise<Problem | null> {
  const { head, rows, installationId, number } = invoice;
  const first = rows[0]?.number ?? 0;
  const { period, issueDate, periodFrom, periodTo, vat, total } = head;
  if (period === null) return { row: first, column: 'period', message: 'is empty' };
  if (periodFrom === null) return { row: first, column: 'periodFrom', message: 'is empty' };
  if (periodTo === null) return { row: first, column: 'periodTo', message: 'is empty' };
  if (vat === null) return { row: first, column: 'vat', message: 'is empty' };
  if (total === null) return { row: first, column: 'total', message: 'is empty' };
  const lines = rows.map(({ line }) => line);
  const entered = await enterRetailerInvoice(trx, {
    installationId,
    number,
    period,
    issueDate,
    periodFrom,
    periodTo,
    lines,
    netCents: lines.reduce((sum, { netCents }) => sum + netCents, 0),
    vatCents: vat,
    totalCents: total,
    by: options.by ?? 'import',
    now: options.now,
  });
  if ('ok' in entered) return null;
  const { line, message } = entered.refused;
  const row = line === null ? first : (rows[line - 1]?.number ?? first);
  return { row, column: columnOf(entered.refused), message };
}

const COLUMNS: Readonly<Record<string, string>> = {
  installationId: 'installation',
  totalCents: 'total',
  vatCents: 'vat',
  netCents: 'net',
  wh: 'kWh',
};

function columnOf({ field }: RetailerInvoiceRefusal): string {
  return COLUMNS[field] ?? field;
}

/**
 * The retailer's invoices: one row per line as printed; `vat` and `total` are those of the whole invoice, against which
 * the rows are added up. Where energy and network access are printed apart, one of the two rows has the kWh.
 */
export const retailerInvoiceTable: Table<Row> = {
  name: 'retailer-invoice',
  columns: [
    { name: 'installation', required: true, example: 'aurora' },
    { name: 'number', required: true, example: 'FT 2026/1234' },
    { name: 'period', required: true, example: '2026-06' },
    { name: 'issueDate', required: false, example: '2026-07-03' },
    { name: 'periodFrom', required: true, example: '2026-06-01' },
    { name: 'periodTo', required: true, example: '2026-06-30' },
    { name: 'kind', required: true, example: 'energy' },
    { name: 'band', required: true, example: 'ponta' },
    { name: 'code', required: false, example: 'contracted-power' },
    { name: 'label', required: true, example: 'Energia ponta' },
    { name: 'kWh', required: true, example: '120,512' },
    { name: 'net', required: true, example: '29,54' },
    { name: 'vat', required: true, example: '23,10' },
    { name: 'total', required: true, example: '123,54' },
  ],
  schema,
  apply,
  finish,
};
