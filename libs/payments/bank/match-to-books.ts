import { dueCentsOf, lockCustomerBooks } from '#libs/ledger/balances.js';
import { postMatched } from '#libs/ledger/post-money.js';

import type { Sql } from '../../persistence/database.js';
import { afterPaidAhead, payableCents } from '../money-in.js';
import { writtenOffCents } from '../written-off.js';
import { addDecision, decisionByKey, lockLine, openCentsOf, type Line } from './decisions.js';
import { bookedAt } from './import-statement.js';
import type { MatchPart } from './match-line.js';

export type MatchRefusal =
  | 'LINE_NOT_FOUND'
  | 'LINE_IS_A_DEBIT'
  | 'KEY_USED_FOR_ANOTHER_LINE'
  | 'PARTS_INVALID'
  | 'PARTS_EXCEED_LINE'
  | 'PART_EXCEEDS_DUE'
  | 'PART_OF_ANOTHER_ISSUER'
  | 'CUSTOMER_NOT_FOUND';

export interface MatchOrder {
  readonly lineId: string;
  /** The request's Idempotency-Key, or the rule's on that line. */
  readonly key: string;
  /** What of the line goes where; what they leave of it stays unmatched. */
  readonly parts: readonly MatchPart[];
  readonly foundBy: string;
  readonly reason?: string | undefined;
  readonly by: string;
  readonly now: Date;
}

export interface Matched {
  readonly decisionId: string;
  /** false: it was decided before under this key. */
  readonly decided: boolean;
  /** Whose workflows have to be told. */
  readonly documentIds: readonly string[];
}

export type MatchResult = Matched | { readonly refused: { readonly code: MatchRefusal; readonly detail: string } };

const refused = (code: MatchRefusal, detail = '') => ({ refused: { code, detail } });

/**
 * Gives the money of a line to invoices and to what customers have paid ahead, in one transaction under the locks of
 * the line and of all its customers. A part is never more than what is due on its invoice at that moment.
 */
export async function matchToBooks(sql: Sql, order: MatchOrder): Promise<MatchResult> {
  return sql.transaction().execute(async (trx) => {
    const line = await lockLine(trx, order.lineId);
    if (line === null) return refused('LINE_NOT_FOUND', order.lineId);
    const before = await decisionByKey(trx, order.key);
    if (before !== null) {
      if (before.lineId !== line.id) return refused('KEY_USED_FOR_ANOTHER_LINE', order.key);
      return { decisionId: before.id, decided: false, documentIds: await documentsOf(trx, before.id) };
    }
    const parts = order.parts.filter(({ amountCents }) => amountCents !== 0);
    const wrong = await partsProblem(trx, line, parts);
    if (wrong !== null) return wrong;
    const amountCents = parts.reduce((sum, part) => sum + part.amountCents, 0);
    const { key, foundBy, by, now } = order;
    const reason = order.reason ?? null;
    const decisionId = await addDecision(trx, { line, key, kind: 'matched', amountCents, foundBy, reason, by, now });
    for (const [position, part] of parts.entries()) await bookPart(trx, { line, decisionId, position, part, now });
    return { decisionId, decided: true, documentIds: documentsIn(parts) };
  });
}

async function partsProblem(trx: Sql, line: Line, parts: readonly MatchPart[]) {
  if (line.amount_cents <= 0) return refused('LINE_IS_A_DEBIT', line.id);
  const sound = parts.every(({ amountCents }) => Number.isSafeInteger(amountCents) && amountCents > 0);
  const documentIds = documentsIn(parts);
  const named = parts.filter(({ documentId }) => documentId !== null);
  if (parts.length === 0 || !sound || documentIds.length !== named.length) return refused('PARTS_INVALID');
  const sum = parts.reduce((total, { amountCents }) => total + amountCents, 0);
  if (sum > (await openCentsOf(trx, line))) return refused('PARTS_EXCEED_LINE', String(sum));
  await lockCustomers(trx, parts);
  const stranger = await strangers(trx, line, parts);
  if (stranger !== null) return stranger;
  const dues = await dueCentsOf(trx, documentIds);
  for (const { documentId, amountCents } of named) {
    const beyondCents = amountCents - Math.max(0, dues.get(documentId ?? '') ?? 0);
    if (documentId === null || beyondCents <= 0) continue;
    if (beyondCents > (await writtenOffCents(trx, documentId))) return refused('PART_EXCEEDS_DUE', documentId);
  }
  return null;
}

/** In one order, so that two matches never wait on each other. */
export async function lockCustomers(trx: Sql, parts: readonly { readonly customerId: string }[]): Promise<void> {
  const customerIds = [...new Set(parts.map(({ customerId }) => customerId))].toSorted();
  for (const customerId of customerIds) await lockCustomerBooks(trx, customerId);
}

/** Customers and invoices must be of the account's issuer, and each invoice its customer's. */
async function strangers(trx: Sql, line: Line, parts: readonly MatchPart[]) {
  const documentIds = documentsIn(parts);
  const ofIssuer = await trx
    .selectFrom('customer')
    .innerJoin('installation', 'installation.condominium_id', 'customer.condominium_id')
    .where('installation.issuer_id', '=', line.issuer_id)
    .where(
      'customer.id',
      'in',
      parts.map(({ customerId }) => customerId),
    )
    .select('customer.id')
    .distinct()
    .execute();
  const customers = new Set(ofIssuer.map(({ id }) => id));
  const unknown = parts.find(({ customerId }) => !customers.has(customerId));
  if (unknown !== undefined) return refused('CUSTOMER_NOT_FOUND', unknown.customerId);
  if (documentIds.length === 0) return null;
  const documents = await trx
    .selectFrom('fiscal_document')
    .innerJoin('installation', 'installation.id', 'fiscal_document.installation_id')
    .where('fiscal_document.id', 'in', documentIds)
    .where('fiscal_document.type', '<>', 'NC')
    .where('installation.issuer_id', '=', line.issuer_id)
    .where('fiscal_document.currency', '=', line.currency)
    .select(['fiscal_document.id', 'fiscal_document.customer_id as customerId'])
    .execute();
  const owners = new Map(documents.map(({ id, customerId }) => [id, customerId]));
  const foreign = parts.find(
    ({ documentId, customerId }) => documentId !== null && owners.get(documentId) !== customerId,
  );
  return foreign === undefined ? null : refused('PART_OF_ANOTHER_ISSUER', foreign.documentId ?? '');
}

export interface PartToBook {
  readonly line: Line;
  readonly decisionId: string;
  readonly position: number;
  readonly part: MatchPart & { readonly attemptId?: string };
  readonly now: Date;
}

export const partKey = (decisionId: string, position: number): string => `match/${decisionId}/${position}`;

export async function addPart(trx: Sql, { decisionId, position, part }: PartToBook): Promise<void> {
  await trx
    .insertInto('bank_decision_part')
    .values({
      decision_id: decisionId,
      position,
      customer_id: part.customerId,
      document_id: part.documentId,
      attempt_id: part.attemptId ?? null,
      amount_cents: part.amountCents,
    })
    .execute();
}

/** The part's row and its entry: unmatched money becomes that invoice's or that customer's. */
export async function bookPart(trx: Sql, order: PartToBook): Promise<void> {
  const { line, decisionId, position, part, now } = order;
  await addPart(trx, order);
  const { customerId, documentId, amountCents } = part;
  const match = {
    key: partKey(decisionId, position),
    issuerId: line.issuer_id,
    amountCents,
    currency: line.currency,
    occurredAt: bookedAt(line.booked_on, now),
  };
  if (documentId !== null) {
    await payableCents(trx, { documentId, amountCents, key: match.key, now });
    await postMatched(trx, { ...match, documentId });
    return;
  }
  await postMatched(trx, { ...match, customerId });
  await afterPaidAhead(trx, { customerId, currency: line.currency, key: match.key, now });
}

export function documentsIn(parts: readonly { readonly documentId: string | null }[]): string[] {
  return [...new Set(parts.flatMap(({ documentId }) => documentId ?? []))];
}

/** The invoices that a decision was about; of an undoing, those of what it undid. */
export async function documentsOf(sql: Sql, decisionId: string): Promise<string[]> {
  const rows = await sql
    .selectFrom('bank_decision as decision')
    .innerJoin('bank_decision_part as part', (join) =>
      join.on((on) =>
        on.or([
          on('part.decision_id', '=', on.ref('decision.id')),
          on('part.decision_id', '=', on.ref('decision.undoes_id')),
        ]),
      ),
    )
    .select('part.document_id as documentId')
    .where('decision.id', '=', decisionId)
    .execute();
  return documentsIn(rows);
}
