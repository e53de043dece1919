import type { ManagerReportFacts } from './manager-report-facts.js';
import { printerOf, type Printer } from './printer.js';
import { EN } from './workbook-words.en.js';
import type { WorkbookWords } from './workbook-words.js';
import { PT } from './workbook-words.pt.js';

/** A workbook being written: what it says, in which words and figures. */
export interface WorkbookPaper {
  readonly facts: ManagerReportFacts;
  readonly words: WorkbookWords;
  readonly print: Printer;
}

export function workbookPaper(facts: ManagerReportFacts): WorkbookPaper {
  const words = facts.language === 'en' ? EN : PT;
  return { facts, words, print: printerOf(facts.language, facts.currency) };
}
