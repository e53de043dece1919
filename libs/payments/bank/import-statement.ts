import { createHash } from 'node:crypto';

import { postUnmatched } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { lockUntilEnd } from '../../persistence/lock-until-end.js';
import { lastFour, type AccountVault } from '../account-vault.js';
import { normaliseIban } from '../iban.js';
import { lineKeys } from './line-keys.js';
import { readStatement } from './read-statement.js';
import type { ColumnNames } from './statement-columns.js';
import type { BankStatement, StatementLine, StatementProblem } from './statement.js';

export interface StatementFile {
  readonly issuerId: string;
  readonly fileName: string;
  readonly bytes: Uint8Array;
  /** Of a CSV: header names of a bank that is not known. */
  readonly columns?: ColumnNames;
  readonly dryRun: boolean;
  readonly by: string;
  readonly now: Date;
}

export interface ImportedStatement {
  /** null on a dry run. */
  readonly statementId: string | null;
  readonly format: BankStatement['format'];
  readonly openedOn: string;
  readonly closedOn: string;
  readonly currency: string;
  readonly openingCents: number | null;
  readonly closingCents: number | null;
  readonly lines: number;
  /** Lines that no statement had told of before. */
  readonly newLines: number;
  readonly creditCents: number;
  readonly debitCents: number;
  /** The balance that the last statement before it ended with, where that is another: a statement may be missing. */
  readonly gapCents: number | null;
}

export interface StatementImport {
  readonly imported: boolean;
  readonly problems: readonly StatementProblem[];
  readonly statements: readonly ImportedStatement[];
}

class RolledBack extends Error {}

/**
 * Imports a bank's statement, all or nothing, each line once whatever files tell of it. Money that came in is in the
 * books at once, as unmatched; money that went out is kept and shown. A dry run is the same path. No IBAN of a payer is
 * kept, only its last four and a keyed hash.
 */
export async function importStatement(sql: Sql, vault: AccountVault, file: StatementFile): Promise<StatementImport> {
  const read = readStatement(file.bytes, file.columns === undefined ? {} : { columns: file.columns });
  if ('problems' in read) return refusedImport(read.problems);
  const accounts = await accountsOf(sql, file.issuerId);
  const foreign = read.statements.flatMap((statement) => accountProblem(statement, accounts));
  if (foreign.length > 0) return refusedImport(foreign);
  const statements: ImportedStatement[] = [];
  const problems: StatementProblem[] = [];
  try {
    await sql.transaction().execute(async (trx) => {
      // One import of an issuer after the other: each sees the lines, and the format, of those before it.
      await lockUntilEnd(trx, `bank-statements/${file.issuerId}`);
      const sha256 = createHash('sha256').update(file.bytes).digest('hex');
      for (const [position, statement] of read.statements.entries()) {
        const stored = new StatementStore(trx, vault, file, statement.iban ?? accounts[0] ?? '');
        const problem = await stored.otherFormat(statement);
        if (problem !== null) problems.push(problem);
        else statements.push(await stored.store(statement, { sha256, position }));
      }
      if (file.dryRun || problems.length > 0) throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  if (problems.length > 0) return refusedImport(problems);
  return { imported: !file.dryRun, problems: [], statements };
}

const refusedImport = (problems: readonly StatementProblem[]): StatementImport => ({
  imported: false,
  problems,
  statements: [],
});

/** The issuer's accounts: where transfers go to, and where its own direct debits are credited. */
async function accountsOf(sql: Sql, issuerId: string): Promise<string[]> {
  const issuer = await sql.selectFrom('issuer').select('iban').where('id', '=', issuerId).executeTakeFirst();
  if (issuer === undefined) throw new Error(`no issuer ${issuerId}`);
  const creditors = await sql.selectFrom('sepa_creditor').select('iban').where('issuer_id', '=', issuerId).execute();
  const all = [issuer.iban, ...creditors.map(({ iban }) => iban)].filter((iban) => iban !== null);
  return [...new Set(all.map(normaliseIban))];
}

function accountProblem({ iban, currency }: BankStatement, accounts: readonly string[]): StatementProblem[] {
  const whole = (message: string) => [{ row: 0, column: null, message }];
  if (currency !== 'EUR') return whole(`the account is in ${currency}: only euros are collected by bank`);
  if (accounts.length === 0) return whole('the issuer has no account: give it an IBAN first');
  if (iban === null) {
    return accounts.length === 1 ? [] : whole('the issuer has several accounts, and the file does not say which');
  }
  if (accounts.includes(normaliseIban(iban))) return [];
  return whole(`the statement is of the account that ends in ${lastFour(iban)}, which is not the issuer's`);
}

class StatementStore {
  readonly #trx: Sql;
  readonly #vault: AccountVault;
  readonly #file: StatementFile;
  readonly #account: string;

  constructor(trx: Sql, vault: AccountVault, file: StatementFile, account: string) {
    this.#trx = trx;
    this.#vault = vault;
    this.#file = file;
    this.#account = normaliseIban(account);
  }

  /** Two formats tell the same line apart in different ways: of one span only one may be imported. */
  async otherFormat({ format, openedOn, closedOn }: BankStatement): Promise<StatementProblem | null> {
    const other = await this.#trx
      .selectFrom('bank_line')
      .innerJoin('bank_statement', 'bank_statement.id', 'bank_line.statement_id')
      .where('bank_line.issuer_id', '=', this.#file.issuerId)
      .where('bank_statement.account_last4', '=', lastFour(this.#account))
      .where('bank_statement.format', '<>', format)
      .where('bank_line.booked_on', '>=', openedOn)
      .where('bank_line.booked_on', '<=', closedOn)
      .select(['bank_statement.format as format', 'bank_statement.file_name as fileName'])
      .executeTakeFirst();
    if (other === undefined) return null;
    const message = `days of this statement were imported before as ${other.format} (${other.fileName}): each line would be there twice`;
    return { row: 0, column: null, message };
  }

  async store(
    statement: BankStatement,
    { sha256, position }: { readonly sha256: string; readonly position: number },
  ): Promise<ImportedStatement> {
    const keys = lineKeys(this.#account, statement.lines).map((key) => `${this.#file.issuerId}/${key}`);
    const known = await this.#known(keys);
    const fresh = statement.lines.flatMap((line, index) => {
      const key = keys[index];
      return key === undefined || known.has(key) ? [] : [{ line, index, key }];
    });
    const gapCents = await this.#gap(statement);
    const statementId = await this.#statementRow(statement, { sha256, position, newLines: fresh.length });
    for (const { line, index, key } of fresh) await this.#line(statementId, statement, { line, index, key });
    const sumOf = (sign: 1 | -1) =>
      statement.lines.reduce((sum, { amountCents }) => sum + (Math.sign(amountCents) === sign ? amountCents : 0), 0);
    const { format, openedOn, closedOn, currency, openingCents, closingCents, lines } = statement;
    return {
      statementId: this.#file.dryRun ? null : statementId,
      format,
      openedOn,
      closedOn,
      currency,
      openingCents,
      closingCents,
      gapCents,
      lines: lines.length,
      newLines: fresh.length,
      creditCents: sumOf(1),
      debitCents: sumOf(-1),
    };
  }

  async #known(keys: readonly string[]): Promise<Set<string>> {
    const known = new Set<string>();
    for (let from = 0; from < keys.length; from += 1000) {
      const some = keys.slice(from, from + 1000);
      const rows = await this.#trx.selectFrom('bank_line').select('key').where('key', 'in', some).execute();
      for (const { key } of rows) known.add(key);
    }
    return known;
  }

  /** Against the latest statement that ended before this one begins. */
  async #gap({ openedOn, openingCents }: BankStatement): Promise<number | null> {
    if (openingCents === null) return null;
    const before = await this.#trx
      .selectFrom('bank_statement')
      .select('closing_cents')
      .where('issuer_id', '=', this.#file.issuerId)
      .where('account_last4', '=', lastFour(this.#account))
      .where('closed_on', '<', openedOn)
      .orderBy('closed_on', 'desc')
      .orderBy('id', 'desc')
      .executeTakeFirst();
    const closing = before?.closing_cents ?? null;
    return closing === null || closing === openingCents ? null : closing;
  }

  /** The same file again keeps its row. */
  async #statementRow(
    statement: BankStatement,
    file: { readonly sha256: string; readonly position: number; readonly newLines: number },
  ): Promise<string> {
    const { issuerId, fileName, by, now } = this.#file;
    const inserted = await this.#trx
      .insertInto('bank_statement')
      .values({
        issuer_id: issuerId,
        format: statement.format,
        file_name: fileName,
        sha256: file.sha256,
        position: file.position,
        statement_id: statement.statementId,
        account_last4: lastFour(this.#account),
        currency: statement.currency,
        opened_on: statement.openedOn,
        closed_on: statement.closedOn,
        opening_cents: statement.openingCents,
        closing_cents: statement.closingCents,
        lines: statement.lines.length,
        new_lines: file.newLines,
        imported_at: now,
        imported_by: by,
      })
      .onConflict((conflict) => conflict.columns(['issuer_id', 'sha256', 'position']).doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted !== undefined) return inserted.id;
    const { id } = await this.#trx
      .selectFrom('bank_statement')
      .select('id')
      .where('issuer_id', '=', issuerId)
      .where('sha256', '=', file.sha256)
      .where('position', '=', file.position)
      .executeTakeFirstOrThrow();
    return id;
  }

  /** The unique key decides when two imports run at once: only who stores the line posts it. */
  async #line(
    statementId: string,
    { currency }: BankStatement,
    { line, index, key }: { readonly line: StatementLine; readonly index: number; readonly key: string },
  ): Promise<void> {
    const { issuerId, now } = this.#file;
    const { counterpartyIban: iban, amountCents } = line;
    const inserted = await this.#trx
      .insertInto('bank_line')
      .values({
        statement_id: statementId,
        issuer_id: issuerId,
        key,
        position: index,
        booked_on: line.bookedOn,
        value_on: line.valueOn,
        amount_cents: amountCents,
        currency,
        bank_reference: line.bankReference,
        text: line.text,
        reference: line.reference,
        counterparty_name: line.counterpartyName,
        counterparty_hash: iban === null ? null : this.#vault.hashOf(iban),
        counterparty_last4: iban === null ? null : lastFour(iban),
        end_to_end_id: line.endToEndId,
        payment_information_id: line.paymentInformationId,
        return_code: line.returnCode,
      })
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('id')
      .executeTakeFirst();
    if (inserted === undefined || amountCents <= 0) return;
    const occurredAt = bookedAt(line.bookedOn, now);
    await postUnmatched(this.#trx, { key: `bank-line/${inserted.id}`, issuerId, amountCents, currency, occurredAt });
  }
}

/** Money counts from the day on which the bank booked it (noon, UTC), and never from a day to come. */
export function bookedAt(bookedOn: string, now: Date): Date {
  const noon = new Date(`${bookedOn}T12:00:00Z`);
  return noon < now ? noon : now;
}
