import type { Debt } from '../arrears/debts-of.js';
import type { CreditNoteRow, PayoutRow } from './manager-report-money.js';
import { columnsOf } from './manager-workbook-columns.js';
import { payoutStateWord, stageWord } from './words.js';
import type { Column } from './workbook-column.js';
import type { WorkbookPaper } from './workbook-paper.js';
import { dateCell, momentCell } from './workbook-sheet.js';

/** Who owes, since when, and what comes next: invoices of all months. */
export function debtColumns(paper: WorkbookPaper): Column<Debt>[] {
  const { facts, print } = paper;
  const { text, date, weight, money, moment } = columnsOf<Debt>(paper);
  const { language, timeZone } = facts;
  const stageText = (stage: string | null): string => (stage === null ? '' : stageWord(stage, language));
  return [
    text('customer', 10, ({ customerId }) => customerId),
    text('name', 26, ({ customerName }) => customerName),
    text('invoice', 18, ({ numberText }) => numberText),
    text('period', 16, ({ period }) => print.month(period)),
    date('dueSince', 13, ({ dueDate }) => dateCell(dueDate)),
    weight('daysLate', 10, ({ daysLate }) => daysLate),
    money('due', 14, ({ dueCents }) => dueCents),
    text('stage', 24, ({ stage, collectionStep }) => stageText(stage ?? collectionStep)),
    text('next', 24, ({ nextStage }) => stageText(nextStage)),
    moment('nextAt', 17, ({ nextActionAt }) => (nextActionAt === null ? null : momentCell(nextActionAt, timeZone))),
  ];
}

export function creditNoteColumns(paper: WorkbookPaper): Column<CreditNoteRow>[] {
  const { text, date, money } = columnsOf<CreditNoteRow>(paper);
  return [
    text('creditNote', 18, ({ number }) => number),
    date('issued', 12, ({ issueDate }) => dateCell(issueDate)),
    text('invoice', 18, ({ invoice }) => invoice),
    text('customer', 28, ({ customerId, customerName }) => `${customerId} ${customerName}`),
    text('reason', 36, ({ reason }) => reason),
    money('net', 13, ({ netCents }) => netCents),
    money('vat', 12, ({ vatCents }) => vatCents),
    money('gross', 13, ({ grossCents }) => grossCents),
  ];
}

export function payoutColumns(paper: WorkbookPaper): Column<PayoutRow>[] {
  const { facts, print } = paper;
  const { text, date, amount } = columnsOf<PayoutRow>(paper);
  return [
    text('payout', 12, ({ number }) => (number === null ? '' : String(number))),
    text('period', 18, ({ period }) => (period === null ? '' : print.month(period))),
    text('state', 34, ({ state }) => payoutStateWord(state, facts.language)),
    amount('fees', 14, ({ feesCents }) => feesCents),
    amount('paidOut', 16, ({ totalCents }) => totalCents),
    date('paidOn', 14, ({ paidOn }) => (paidOn === null ? null : dateCell(paidOn))),
    text('bankReference', 28, ({ bankReference }) => bankReference ?? ''),
  ];
}
