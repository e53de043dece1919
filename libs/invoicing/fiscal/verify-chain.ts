import { sql as raw } from 'kysely';

import { cursorPages } from '../../persistence/cursor-pages.js';
import type { Sql } from '../../persistence/database.js';
import { atcudOf } from './atcud.js';
import { isHashValid } from './sign-document.js';

/** What is wrong with a series or one of its documents. */
export interface ChainProblem {
  readonly code:
    /** A number is missing, or the series counts further than its documents. */
    | 'SERIES.GAP'
    /** Dated before the document before it. */
    | 'SERIES.DATE_FELL'
    | 'DOCUMENT.UNSIGNED'
    /** Signed with a key of which no public half is known. */
    | 'DOCUMENT.KEY_UNKNOWN'
    /** Document, or the one before it, is not as it was signed. */
    | 'DOCUMENT.HASH_INVALID'
    | 'DOCUMENT.ATCUD_WRONG';
  /** The document's number, or the series. */
  readonly subject: string;
  readonly detail: string;
}

export interface VerifiedChain {
  readonly documents: number;
  readonly problems: readonly ChainProblem[];
}

interface DocumentRow {
  readonly seriesId: string;
  readonly series: string;
  readonly country: string;
  readonly lastNumber: number;
  readonly validationCode: string | null;
  readonly firstNumber: number;
  /** null: a series without documents */
  readonly number: number | null;
  readonly numberText: string;
  readonly issueDate: string;
  readonly systemEntry: string | null;
  readonly issuedAt: Date;
  readonly grossCents: number;
  readonly hash: string | null;
  readonly hashControl: string | null;
  readonly atcud: string | null;
}

/**
 * Reads every document of every series in its order: numbers from 1 without gaps, dates that never fall, and of issuers
 * in Portugal each hash over its document and the hash before it, by the public key of its version (`publicKey`, else
 * those that were kept when they were first used). For audits: reads everything, in flat memory.
 */
export async function verifyFiscalChain(sql: Sql, publicKey?: string): Promise<VerifiedChain> {
  return sql.transaction().execute(async (trx) => {
    const keys = new Map<string, string>();
    for (const row of await trx.selectFrom('fiscal_key').selectAll().execute()) keys.set(row.version, row.public_key);
    const problems: ChainProblem[] = [];
    let documents = 0;
    let before: DocumentRow | null = null;
    for await (const page of cursorPages(trx, documentsInOrder())) {
      for (const row of page) {
        if (before !== null && before.seriesId !== row.seriesId) problems.push(...endOf(before));
        const last: DocumentRow | null = before?.seriesId === row.seriesId ? before : null;
        before = row;
        if (row.number === null) continue;
        documents += 1;
        problems.push(...numberAndDate(row, last));
        if (row.country === 'PT') problems.push(...signature(row, last, publicKey ?? keys.get(row.hashControl ?? '')));
      }
    }
    if (before !== null) problems.push(...endOf(before));
    return { documents, problems };
  });
}

function documentsInOrder() {
  return raw<DocumentRow>`
    select series.id as "seriesId", series.type || ' ' || series.code as series, issuer.country,
      series.last_number as "lastNumber", series.validation_code as "validationCode",
      series.first_number as "firstNumber", document.number, document.number_text as "numberText",
      document.issue_date as "issueDate", document.system_entry as "systemEntry", document.issued_at as "issuedAt",
      document.gross_cents as "grossCents", document.hash, document.hash_control as "hashControl", document.atcud
    from document_series series
    join issuer on issuer.id = series.issuer_id
    left join fiscal_document document on document.series_id = series.id
    where series.type not in ('RG', 'RC')
    order by series.id, document.number`;
}

/** The series counts as far as its last document. */
function endOf(last: DocumentRow): ChainProblem[] {
  const number = last.number ?? 0;
  if (last.lastNumber === number) return [];
  const detail = `counted to ${last.lastNumber}, the last document is number ${number}`;
  return [{ code: 'SERIES.GAP', subject: last.series, detail }];
}

function numberAndDate(row: DocumentRow, last: DocumentRow | null): ChainProblem[] {
  const problems: ChainProblem[] = [];
  const expected = (last?.number ?? 0) + 1;
  if (row.number !== expected) {
    problems.push({ code: 'SERIES.GAP', subject: row.numberText, detail: `number ${expected} is missing` });
  }
  if (last !== null && whenOf(row) < whenOf(last)) {
    const detail = `${whenOf(row)}, ${last.numberText} before it ${whenOf(last)}`;
    problems.push({ code: 'SERIES.DATE_FELL', subject: row.numberText, detail });
  }
  return problems;
}

const whenOf = ({ systemEntry, issuedAt }: DocumentRow): string => systemEntry ?? issuedAt.toISOString();

function signature(row: DocumentRow, last: DocumentRow | null, publicKey: string | undefined): ChainProblem[] {
  const { numberText: subject, hash, systemEntry, issueDate, grossCents } = row;
  const problems: ChainProblem[] = [];
  const atcud = atcudOf(row, row.number ?? 0);
  if (row.atcud !== atcud) {
    problems.push({ code: 'DOCUMENT.ATCUD_WRONG', subject, detail: `${row.atcud ?? 'none'} instead of ${atcud}` });
  }
  if (hash === null || systemEntry === null) {
    return [...problems, { code: 'DOCUMENT.UNSIGNED', subject, detail: 'it has no hash' }];
  }
  if (publicKey === undefined) {
    return [...problems, { code: 'DOCUMENT.KEY_UNKNOWN', subject, detail: `key version ${row.hashControl ?? 'none'}` }];
  }
  const facts = { issueDate, systemEntry, numberText: subject, grossCents, previousHash: last?.hash ?? '' };
  if (isHashValid(facts, hash, publicKey)) return problems;
  return [...problems, { code: 'DOCUMENT.HASH_INVALID', subject, detail: 'it is not what was signed' }];
}
