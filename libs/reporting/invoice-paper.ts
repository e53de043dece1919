import type { InvoiceFacts } from './invoice-facts.js';
import { sectionsOf, type InvoiceSections } from './invoice-sections.js';
import { EN } from './invoice-words.en.js';
import type { InvoiceWords } from './invoice-words.js';
import { PT } from './invoice-words.pt.js';
import type { PdfPage } from './pdf-page.js';
import { printerOf, type Language, type Printer } from './printer.js';

/** A document being drawn: what it says, on which page, in which words and figures. */
export interface InvoicePaper {
  readonly page: PdfPage;
  readonly facts: InvoiceFacts;
  readonly sections: InvoiceSections;
  readonly words: InvoiceWords;
  readonly print: Printer;
  /** Where there are several rates each line says its own. */
  readonly hasRates: boolean;
}

export function invoiceWords(language: Language): InvoiceWords {
  return language === 'en' ? EN : PT;
}

export function invoicePaper(page: PdfPage, facts: InvoiceFacts): InvoicePaper {
  return {
    page,
    facts,
    sections: sectionsOf(facts),
    words: invoiceWords(facts.language),
    print: printerOf(facts.language, facts.currency),
    hasRates: facts.vatGroups.length > 1,
  };
}
