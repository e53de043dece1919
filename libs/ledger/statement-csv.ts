import type { DayStatement } from './day-statement.js';
import { STATEMENT_WORDS, type StatementLanguage } from './statement-words.js';

function euros(cents: number): string {
  const sign = cents < 0 ? '-' : '';
  const whole = Math.abs(cents);
  return `${sign}${Math.floor(whole / 100)}.${String(whole % 100).padStart(2, '0')}`;
}

/** A cell as RFC 4180 has it; what a spreadsheet would take for a formula is kept text. */
function cell(text: string): string {
  const plain = /^[=+@\t]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}

/** A statement as CSV in the reader's words, amounts with two decimals: opening balance, each line, closing balance. */
export function statementCsv(statement: DayStatement, language: StatementLanguage): string {
  const { from, to, currency, openingCents, closingCents, items } = statement;
  const { columns, movements, opening, closing } = STATEMENT_WORDS[language];
  const rows = [
    [columns.at, columns.movement, columns.document, columns.amount, columns.balance, columns.currency],
    [from, opening, '', '', euros(openingCents), currency],
    ...items.map((line) => [
      line.at.toISOString(),
      movements[line.movement],
      line.number ?? '',
      euros(line.amountCents),
      euros(line.balanceCents),
      currency,
    ]),
    [to, closing, '', '', euros(closingCents), currency],
  ];
  return `${rows.map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}
