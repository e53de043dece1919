import ExcelJS from 'exceljs';
import { sql as raw } from 'kysely';

import { printedLocalTime } from '../invoicing/printed-numbers.js';
import { ibanInFours } from '../payments/iban.js';
import type { Sql } from '../persistence/database.js';
import { STATEMENT_WORDS, type StatementWords } from './payout-statement-words.js';
import { languageOf, printerOf, type Language, type Printer } from './printer.js';
import { queriedPages, type RowPages } from './row-pages.js';
import type { Column } from './workbook-column.js';
import { workbookFile } from './workbook-file.js';
import { measure } from './workbook-rows.js';
import { addTableSheet, euros } from './workbook-sheet.js';

interface StatementLine {
  readonly kind: string;
  readonly numberText: string | null;
  readonly customerName: string | null;
  readonly month: string | null;
  readonly permyriad: number | null;
  readonly recoveredCents: number | null;
  readonly claimedCents: number | null;
  readonly paidCents: number | null;
  readonly payableCents: number | null;
  readonly takenCents: number | null;
  readonly cents: number;
}

export interface PayoutStatementFacts {
  readonly payoutId: string;
  readonly condominiumId: string;
  readonly condominiumName: string;
  readonly issuerName: string;
  readonly number: number;
  readonly currency: string;
  readonly iban: string;
  readonly asOf: Date;
  readonly timeZone: string;
  readonly language: Language;
  readonly lines: RowPages<StatementLine>;
}

/** Throws when there is no such payout. */
export async function loadPayoutStatement(sql: Sql, payoutId: string): Promise<PayoutStatementFacts> {
  const row = await sql
    .selectFrom('payout')
    .innerJoin('condominium', 'condominium.id', 'payout.condominium_id')
    .innerJoin('issuer', 'issuer.id', 'payout.issuer_id')
    .innerJoin('installation', 'installation.condominium_id', 'condominium.id')
    .where('payout.id', '=', payoutId)
    .select(['payout.number', 'payout.currency', 'payout.as_of', 'condominium.id', 'condominium.name', 'payout.iban'])
    .select(['condominium.iban as condominium_iban', 'issuer.name as issuer_name'])
    .select(['installation.time_zone', 'installation.language'])
    .orderBy('installation.id')
    .limit(1)
    .executeTakeFirstOrThrow(() => new Error(`no payout ${payoutId}`));
  return {
    payoutId,
    condominiumId: row.id,
    condominiumName: row.name,
    issuerName: row.issuer_name,
    number: row.number,
    currency: row.currency,
    iban: ibanInFours(row.iban ?? row.condominium_iban ?? ''),
    asOf: row.as_of,
    timeZone: row.time_zone,
    language: languageOf(row.language),
    lines: statementLines(sql, payoutId),
  };
}

function statementLines(sql: Sql, payoutId: string): RowPages<StatementLine> {
  const query = raw<StatementLine>`
    select line.kind, document.number_text as "numberText", document.customer_snapshot ->> 'name' as "customerName",
      line.month, line.permyriad, line.recovered_cents as "recoveredCents", line.claimed_cents as "claimedCents",
      line.paid_cents as "paidCents", line.payable_cents as "payableCents", line.taken_cents as "takenCents", line.cents
    from payout_line line left join fiscal_document document on document.id = line.document_id
    where line.payout_id = ${payoutId} order by line.line_no`;
  return queriedPages(sql, query, (row) => row);
}

/** A payout with each invoice and fee that makes it, as a sheet. The same payout gives the same bytes. */
export async function renderPayoutStatement(facts: PayoutStatementFacts): Promise<Buffer> {
  const words = STATEMENT_WORDS[facts.language];
  const workbook = new ExcelJS.Workbook();
  workbook.creator = facts.issuerName;
  workbook.lastModifiedBy = facts.issuerName;
  workbook.created = facts.asOf;
  workbook.modified = facts.asOf;
  workbook.title = words.title(facts.number, facts.condominiumName);
  workbook.calcProperties.fullCalcOnLoad = true;
  const { streamed } = addTableSheet(workbook, {
    name: words.sheet,
    title: workbook.title,
    subtitle: words.subtitle({
      issuer: facts.issuerName,
      asOf: printedLocalTime(facts.asOf, facts.timeZone),
      iban: facts.iban,
    }),
    language: facts.language,
    currency: facts.currency,
    table: await measure(columnsOf(words, printerOf(facts.language, facts.currency)), facts.lines),
  });
  return workbookFile(workbook, [streamed], facts.asOf);
}

function columnsOf(words: StatementWords, print: Printer): Column<StatementLine>[] {
  const amount = (
    key: keyof StatementWords['columns'],
    of: (line: StatementLine) => number | null,
  ): Column<StatementLine> => ({
    key,
    title: words.columns[key],
    width: 16,
    kind: 'money',
    value: (line) => {
      const cents = line.kind === 'document' || key === 'cents' ? of(line) : null;
      return cents === null ? null : euros(cents);
    },
    summed: key === 'cents',
  });
  const text = (
    key: 'what' | 'customer',
    width: number,
    value: (line: StatementLine) => string,
  ): Column<StatementLine> => {
    return { key, title: words.columns[key], width, kind: 'text', value };
  };
  return [
    text('what', 26, (line) => whatOf(line, words, print)),
    text('customer', 26, ({ customerName }) => customerName ?? ''),
    amount('recovered', ({ recoveredCents }) => recoveredCents),
    amount('claimed', ({ claimedCents }) => claimedCents),
    amount('paid', ({ paidCents }) => paidCents),
    amount('payable', ({ payableCents }) => payableCents),
    amount('taken', ({ takenCents }) => takenCents),
    amount('cents', ({ cents }) => cents),
  ];
}

function whatOf(line: StatementLine, words: StatementWords, print: Printer): string {
  switch (line.kind) {
    case 'fee-per-month':
      return words.monthlyFee(print.month(line.month ?? ''));
    case 'fee-percent':
      return words.percentFee(print.rate(line.permyriad ?? 0), print.money(line.recoveredCents ?? 0));
    default:
      return line.numberText ?? '';
  }
}
