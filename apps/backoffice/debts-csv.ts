import type { Debt } from '#libs/arrears/debts-of.js';

const COLUMNS = [
  'numberText',
  'customerId',
  'customerName',
  'installationId',
  'dueDate',
  'currency',
  'grossCents',
  'dueCents',
  'interestCents',
  'stage',
  'openedAt',
  'outcome',
  'claimLapsesAt',
  'suspended',
] as const satisfies readonly (keyof Debt)[];

/** Debts as CSV (RFC 4180), with a byte order mark for Excel; a text that would be a formula there stays a text. */
export function debtsCsv(debts: readonly Debt[]): string {
  const rows = debts.map((debt) => COLUMNS.map((column) => cell(debt[column])).join(','));
  return `\u{feff}${[COLUMNS.join(','), ...rows].join('\r\n')}\r\n`;
}

function cell(value: Debt[keyof Debt]): string {
  const text = value instanceof Date ? value.toISOString() : String(value ?? '');
  const safe = typeof value === 'string' && /^[=+\-@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
