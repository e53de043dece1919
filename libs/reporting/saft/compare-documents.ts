import { sql as raw } from 'kysely';

import { localSecond } from '#libs/invoicing/fiscal/fiscal-moment.js';
import type { Sql } from '#libs/persistence/database.js';

import { monthDocuments, monthReceipts, PAID_NETS, type SaftScope } from './load-saft.js';
import type { ReadDocument } from './read-document.js';
import type { SaftProblem } from './saft-problem.js';

/** A document as it was issued, in the words of the file; amounts without sign. */
interface StoredDocument {
  readonly numberText: string;
  readonly type: string;
  readonly status: string;
  readonly atcud: string;
  readonly hash: string;
  readonly hashControl: string;
  readonly issueDate: string;
  /** null: from before it was kept */
  readonly systemEntry: string | null;
  readonly issuedAt: Date;
  readonly timeZone: string;
  readonly debitCents: number;
  readonly creditCents: number;
  readonly taxCents: number;
  readonly netCents: number;
  readonly grossCents: number;
}

const FIELDS = [
  'type',
  'status',
  'atcud',
  'hash',
  'hashControl',
  'issueDate',
  'debitCents',
  'creditCents',
  'taxCents',
  'netCents',
  'grossCents',
] as const;

/** Each document of a batch against the one of its number, and against its own lines. */
export async function compareDocuments(
  trx: Sql,
  scope: SaftScope,
  batch: readonly { readonly document: ReadDocument }[],
): Promise<SaftProblem[]> {
  const stored = await storedDocuments(
    trx,
    scope,
    batch.map(({ document }) => document.numberText),
  );
  return batch.flatMap(({ document }) => [...sumProblems(document), ...differences(document, stored)]);
}

function differences(document: ReadDocument, stored: ReadonlyMap<string, StoredDocument>): SaftProblem[] {
  const { numberText: subject, line } = document;
  const known = stored.get(subject);
  if (known === undefined) {
    return [{ code: 'DOCUMENT.UNKNOWN', subject, line, detail: 'the month has no document of this number' }];
  }
  const pairs = FIELDS.map((field) => [field, document[field], known[field]] as const);
  const entry = known.systemEntry ?? localSecond(known.issuedAt, known.timeZone);
  return [...pairs, ['systemEntry', document.systemEntry, entry] as const]
    .filter(([, said, issued]) => said !== issued)
    .map(([field, said, issued]) => {
      return { code: 'DOCUMENT.DIFFERS', subject, line, detail: `${field} is ${said}, it was issued with ${issued}` };
    });
}

/** Lines add up to the net, net and tax to the total, quantity by price to each line. */
function sumProblems(document: ReadDocument): SaftProblem[] {
  const { numberText: subject, line, debitCents, creditCents, netCents, taxCents, grossCents, wrongLines } = document;
  const lineCents = Math.abs(creditCents - debitCents);
  const details: string[] = [];
  if (lineCents !== netCents) details.push(`its lines have ${lineCents} cents, NetTotal ${netCents}`);
  if (netCents + taxCents !== grossCents) details.push(`NetTotal and TaxPayable are not GrossTotal ${grossCents}`);
  if (wrongLines.length > 0) details.push(`quantity by price is not the amount in line ${wrongLines.join(', ')}`);
  return details.map((detail) => ({ code: 'DOCUMENT.SUM_WRONG', subject, line, detail }));
}

async function storedDocuments(trx: Sql, scope: SaftScope, numbers: readonly string[]) {
  const { rows } = await raw<StoredDocument>`
    select document.number_text as "numberText", document.type, 'N' as status, coalesce(document.atcud, '0') as atcud,
      coalesce(document.hash, '0') as hash, coalesce(document.hash_control, '0') as "hashControl",
      document.issue_date as "issueDate", document.system_entry as "systemEntry", document.issued_at as "issuedAt",
      issuer.time_zone as "timeZone", sides."debitCents", sides."creditCents",
      abs(document.vat_cents) as "taxCents", abs(document.net_cents) as "netCents",
      abs(document.gross_cents) as "grossCents"
    from ${monthDocuments(scope)}
    join issuer on issuer.id = series.issuer_id
    cross join lateral (
      select coalesce(sum(-net_cents) filter (where net_cents < 0), 0)::bigint as "debitCents",
        coalesce(sum(net_cents) filter (where net_cents > 0), 0)::bigint as "creditCents"
      from document_line line where line.document_id = document.id) sides
    where document.number_text = any(${numbers})
    union all
    select receipt.number_text, receipt.type, case when gone.receipt_id is null then 'N' else 'A' end,
      coalesce(receipt.atcud, '0'), '', '', receipt.issue_date, receipt.system_entry, receipt.issued_at,
      issuer.time_zone, sides."debitCents", sides."creditCents", receipt.vat_cents,
      receipt.amount_cents - receipt.vat_cents, receipt.amount_cents
    from ${monthReceipts(scope)}
    join issuer on issuer.id = series.issuer_id
    left join receipt_cancellation gone on gone.receipt_id = receipt.id
    cross join lateral (
      select coalesce(sum(-cents) filter (where cents < 0), 0)::bigint as "debitCents",
        coalesce(sum(cents) filter (where cents > 0), 0)::bigint as "creditCents"
      from (select part.cents from receipt_line line cross join lateral (${PAID_NETS}) part
        where line.receipt_id = receipt.id) parts) sides
    where receipt.number_text = any(${numbers})`.execute(trx);
  return new Map(rows.map((row) => [row.numberText, row]));
}
