/** One booked movement as a bank tells it, whatever the file's format. */
export interface StatementLine {
  /** Where it stands in the file: line of the XML, or row under the header of the CSV. */
  readonly at: number;
  /** yyyy-mm-dd */
  readonly bookedOn: string;
  readonly valueOn: string;
  /** Money that came in is positive. */
  readonly amountCents: number;
  /** The bank's own reference; where it has one, it tells lines apart. */
  readonly bankReference: string | null;
  readonly text: string;
  /** A structured creditor reference (ISO 11649), as the payer's bank passed it on. */
  readonly reference: string | null;
  readonly counterpartyName: string | null;
  readonly counterpartyIban: string | null;
  /** Of our own SEPA orders, credited or coming back. */
  readonly endToEndId: string | null;
  readonly paymentInformationId: string | null;
  /** Why a debit came back (R-transaction), as ISO codes it. */
  readonly returnCode: string | null;
}

export interface BankStatement {
  readonly format: 'camt.053' | 'csv';
  readonly statementId: string | null;
  /** Of the account; null where the format does not say it. */
  readonly iban: string | null;
  readonly currency: string;
  readonly openedOn: string;
  readonly closedOn: string;
  /** null where the file has no balances: then nothing could be checked. */
  readonly openingCents: number | null;
  readonly closingCents: number | null;
  readonly lines: readonly StatementLine[];
}

/** Why a file cannot be taken, and where. Nothing of it is, until all are mended. */
export interface StatementProblem {
  /** Row under the header, or line of the XML; 0 is the file as a whole. */
  readonly row: number;
  /** Column, or element. */
  readonly column: string | null;
  readonly message: string;
}

export type ReadStatements =
  | { readonly statements: readonly BankStatement[] }
  | { readonly problems: readonly StatementProblem[] };

/** More problems than these tell a person nothing new. */
export const MOST_PROBLEMS = 100;
/** Beyond this a statement is no day's or month's work of a condominium: split it. */
export const MOST_LINES = 50_000;

/** IBANs in a free text are personal data: their last four stay. An RF reference looks alike and is kept. */
export function withoutIbans(text: string): string {
  return text.replace(/\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,4})?\b/g, (found) => {
    const bare = found.replaceAll(' ', '');
    return !bare.startsWith('RF') && /\d{6}/.test(bare) ? `…${bare.slice(-4)}` : found;
  });
}

/** Opening balance and movements make the closing balance; null where they do, or where the file has no balances. */
export function balanceProblem(statement: BankStatement): StatementProblem | null {
  const { openingCents, closingCents, lines } = statement;
  if (openingCents === null || closingCents === null) return null;
  const moved = lines.reduce((sum, { amountCents }) => sum + amountCents, 0);
  const missing = closingCents - openingCents - moved;
  if (missing === 0) return null;
  const message = `opening balance ${euros(openingCents)} and movements of ${euros(moved)} do not make the closing balance ${euros(closingCents)}: ${euros(missing)} is missing`;
  return { row: 0, column: null, message };
}

export const euros = (cents: number): string =>
  `${cents < 0 ? '-' : ''}${Math.floor(Math.abs(cents) / 100)}.${String(Math.abs(cents) % 100).padStart(2, '0')}`;
