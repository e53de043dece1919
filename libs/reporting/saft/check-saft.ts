import { inOneSnapshot, type Sql } from '#libs/persistence/database.js';
import { isPeriod, monthDays } from '#libs/registry/period.js';

import type { SideTotals } from './amounts.js';
import { compareDocuments } from './compare-documents.js';
import { paymentTotals, saftIssuer, salesTotals, type SaftScope } from './load-saft.js';
import { centsOf, readInvoice, readPayment, type ReadDocument } from './read-document.js';
import { readSaft, textAt, UnreadableSaft, type ReadElement, type SaftPart, type SaftSection } from './read-saft.js';
import type { SaftProblem } from './saft-problem.js';
import { SeriesWalk } from './series-walk.js';

export interface CheckedSaft {
  readonly issuerId: string;
  /** yyyy-mm */
  readonly period: string;
  readonly documents: number;
  readonly receipts: number;
  /** The first 200. */
  readonly problems: readonly SaftProblem[];
  readonly problemCount: number;
}

export type CheckRefusal =
  | { readonly code: 'SAFT.UNREADABLE'; readonly detail: string }
  /** No issuer has the file's tax number, or several have and none was named. */
  | { readonly code: 'SAFT.ISSUER_UNKNOWN'; readonly nif: string };

export interface CheckOptions {
  /** Where several issuers have one tax number. */
  readonly issuerId?: string;
  /** PEM; else the keys that were kept when documents were first signed with them. */
  readonly publicKey?: string;
}

const TOLD = 200;
const BATCH = 500;

/**
 * Checks a SAF-T file against the database: each document of the month is in it once and as it was issued, numbers have
 * no gaps, counts and sums are those of the database and of the file's own lines, and the chain of hashes holds over
 * what the file says, by the public key. Both are read once, in flat memory, of one moment of the database.
 */
export async function checkSaft(
  sql: Sql,
  file: AsyncIterable<Uint8Array>,
  options: CheckOptions = {},
): Promise<{ readonly ok: CheckedSaft } | { readonly refused: CheckRefusal }> {
  try {
    return await inOneSnapshot(sql, (trx) => check(trx, file, options));
  } catch (error) {
    if (!(error instanceof UnreadableSaft)) throw error;
    return { refused: { code: 'SAFT.UNREADABLE', detail: error.message } };
  }
}

async function check(trx: Sql, file: AsyncIterable<Uint8Array>, options: CheckOptions) {
  const parts = readSaft(file);
  const first = await parts.next();
  if (first.done === true || first.value.kind !== 'header') throw new UnreadableSaft('it has no Header');
  const nif = textAt(first.value.element, 'TaxRegistrationNumber');
  const period = textAt(first.value.element, 'StartDate').slice(0, 7);
  if (!isPeriod(period)) throw new UnreadableSaft(`its StartDate is "${textAt(first.value.element, 'StartDate')}"`);
  const issuerId = await issuerOf(trx, nif, options.issuerId);
  if (issuerId === null) return { refused: { code: 'SAFT.ISSUER_UNKNOWN', nif } as const };
  const scope = { issuerId, month: { period, ...monthDays(period) } };
  const found = new Findings();
  found.add(await headProblems(trx, first.value.element, scope));
  const sections = { SalesInvoices: new Section(), Payments: new Section() };
  const walk = await SeriesWalk.over(trx, scope, options.publicKey);
  for await (const batch of batches(parts, sections)) {
    found.add(walk.follow(batch));
    found.add(await compareDocuments(trx, scope, batch));
  }
  found.add(walk.end());
  found.add(sections.SalesInvoices.problems('SalesInvoices', await salesTotals(trx, scope)));
  found.add(sections.Payments.problems('Payments', await paymentTotals(trx, scope)));
  const [documents, receipts] = [sections.SalesInvoices.count, sections.Payments.count];
  return { ok: { issuerId, period, documents, receipts, problems: found.told, problemCount: found.count } };
}

async function issuerOf(trx: Sql, nif: string, named: string | undefined): Promise<string | null> {
  const rows = await trx.selectFrom('issuer').select('id').where('nif', '=', nif).execute();
  if (named !== undefined) return rows.some(({ id }) => id === named) ? named : null;
  return rows.length === 1 ? (rows[0]?.id ?? null) : null;
}

async function headProblems(trx: Sql, header: ReadElement, { issuerId, month }: SaftScope): Promise<SaftProblem[]> {
  const issuer = await saftIssuer(trx, issuerId);
  const expected: readonly (readonly [string, string])[] = [
    ['AuditFileVersion', '1.04_01'],
    ['CompanyID', issuer?.nif ?? ''],
    ['FiscalYear', month.period.slice(0, 4)],
    ['StartDate', month.from],
    ['EndDate', month.to],
  ];
  return expected
    .filter(([name, value]) => textAt(header, name) !== value)
    .map(([name, value]) => {
      const detail = `${name} is ${textAt(header, name)}, not ${value}`;
      return { code: 'HEADER.DIFFERS', subject: name, line: header.line, detail };
    });
}

class Findings {
  readonly told: SaftProblem[] = [];
  count = 0;

  add(problems: readonly SaftProblem[]): void {
    this.count += problems.length;
    this.told.push(...problems.slice(0, Math.max(0, TOLD - this.told.length)));
  }
}

export interface BatchEntry {
  readonly section: SaftSection;
  readonly document: ReadDocument;
}

/** Documents in batches; what their sections say and sum up to is noted on the way. */
async function* batches(
  parts: AsyncIterable<SaftPart>,
  sections: Readonly<Record<SaftSection, Section>>,
): AsyncGenerator<readonly BatchEntry[]> {
  let batch: BatchEntry[] = [];
  for await (const part of parts) {
    if (part.kind === 'header') continue;
    const section = sections[part.section];
    if (part.kind === 'total') section.says(part.element);
    else {
      const document = part.section === 'Payments' ? readPayment(part.element) : readInvoice(part.element);
      section.holds(document);
      batch.push({ section: part.section, document });
    }
    if (batch.length < BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

class Section {
  readonly #said = new Map<string, string>();
  count = 0;
  #debitCents = 0;
  #creditCents = 0;

  says({ name, text }: ReadElement): void {
    this.#said.set(name, text);
  }

  holds({ status, debitCents, creditCents }: ReadDocument): void {
    this.count += 1;
    if (status === 'A') return;
    this.#debitCents += debitCents;
    this.#creditCents += creditCents;
  }

  /** What the section says, what its documents are, and what the database has, are one. */
  problems(subject: SaftSection, database: SideTotals): SaftProblem[] {
    const rows: readonly (readonly [string, number, number, number])[] = [
      ['NumberOfEntries', Number(this.#said.get('NumberOfEntries')), this.count, database.entries],
      ['TotalDebit', centsOf(this.#said.get('TotalDebit') ?? ''), this.#debitCents, database.debitCents],
      ['TotalCredit', centsOf(this.#said.get('TotalCredit') ?? ''), this.#creditCents, database.creditCents],
    ];
    return rows
      .filter(([, said, held, known]) => said !== held || held !== known)
      .map(([name, said, held, known]) => {
        const detail = `${name}: the file says ${said}, its documents have ${held}, the database ${known} (cents, or documents)`;
        return { code: 'TOTAL.DIFFERS', subject, line: null, detail };
      });
  }
}
