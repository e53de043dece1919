import type { CaseStage } from './stages.js';

/** Stages that write to the debtor; a suspension is only proposed, to staff. */
export type LetterStage = Exclude<CaseStage, 'opened' | 'suspension-proposed'>;
/** And the letter that charging is possible again. */
export type LetterKind = LetterStage | 'resumed';

/** What a letter says; amounts and dates are already in words of the reader's language. */
export interface LetterFacts {
  readonly customerName: string;
  readonly numberText: string;
  readonly due: string;
  readonly gross: string;
  /** Part of it has been paid. */
  readonly partlyPaid: boolean;
  readonly dueDate: string;
  readonly cause: string;
  readonly issuerName: string;
  readonly issuerEmail: string;
  readonly issuerIban: string | null;
  /** What a transfer is recognised by, as printed. */
  readonly reference: string;
  /** Where it is paid by card, MB WAY or Multibanco; null when that is not known. */
  readonly payUrl: string | null;
  /** Last four of the account that is debited, when there is a mandate. */
  readonly ibanLast4: string | null;
  readonly next: { readonly stage: CaseStage; readonly date: string } | null;
  /** False for who pays ahead: the formal notice then announces no suspension. */
  readonly suspendable: boolean;
  /** How long after the formal notice a suspension may be proposed, in words. */
  readonly noticePeriod: string;
}

export interface Letter {
  readonly subject: string;
  readonly body: string;
}

/** The paragraphs of a language; every letter is made of all of them. */
export interface LetterTexts {
  readonly subject: Readonly<Record<LetterKind, (facts: LetterFacts) => string>>;
  readonly greeting: (facts: LetterFacts) => string;
  readonly what: Readonly<Record<LetterKind, (facts: LetterFacts) => string>>;
  readonly howToPay: (facts: LetterFacts, stage: LetterStage) => string;
  readonly whatNext: (facts: LetterFacts, stage: LetterStage) => string;
  readonly howToQuestion: (facts: LetterFacts) => string;
  readonly closing: (facts: LetterFacts) => string;
}
