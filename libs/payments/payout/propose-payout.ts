import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import { lockUntilEnd } from '../../persistence/lock-until-end.js';
import { localDate } from '../../registry/period.js';
import { decidePayout, type DecidedPayout, type PayoutDecision, type PayoutLine } from './decide-payout.js';
import { payoutFees, recoveredDocuments, type PayoutParties } from './load-payout.js';

export interface PayoutOrder extends PayoutParties {
  /** Of the deed: asked again with it, the same payout is the answer. */
  readonly key: string;
  readonly by: string;
  readonly now: Date;
}

export type PayoutRefusal =
  | { readonly code: 'PAYOUT.NOTHING_TO_PAY'; readonly carriedCents: number }
  /** The condominium issues its own invoices: what is paid is in its own bank account. */
  | { readonly code: 'PAYOUT.OWN_BANK' };

/** Waits for whoever decides on the payouts of a condominium. */
export function lockPayouts(trx: Sql, condominiumId: string): Promise<void> {
  return lockUntilEnd(trx, `condominium-payouts/${condominiumId}`);
}

/** What a payout would be now. Nothing is kept. */
export async function previewPayout(
  sql: Sql,
  order: PayoutParties & { readonly now: Date },
): Promise<PayoutDecision | { readonly refused: PayoutRefusal }> {
  if (await isOwnBank(sql, order)) return { refused: { code: 'PAYOUT.OWN_BANK' } };
  const period = await localPeriod(sql, order.condominiumId, order.now);
  return decidePayout(await recoveredDocuments(sql, order), await payoutFees(sql, order, period));
}

/** Proposes to pay out what is owed to a condominium now; once per key. */
export async function proposePayout(
  trx: Sql,
  order: PayoutOrder,
): Promise<{ readonly payoutId: string; readonly proposed: boolean } | { readonly refused: PayoutRefusal }> {
  await lockPayouts(trx, order.condominiumId);
  const known = await trx.selectFrom('payout').where('key', '=', order.key).select('id').executeTakeFirst();
  if (known !== undefined) return { payoutId: known.id, proposed: false };
  const decided = await previewPayout(trx, order);
  if ('refused' in decided) return decided;
  return { payoutId: await insertPayout(trx, order, decided), proposed: true };
}

async function insertPayout(trx: Sql, order: PayoutOrder, decided: DecidedPayout): Promise<string> {
  const { condominiumId, issuerId, currency, key, by, now } = order;
  const { id } = await trx
    .insertInto('payout')
    .values({
      key,
      condominium_id: condominiumId,
      issuer_id: issuerId,
      number: raw<number>`(select coalesce(max(number), 0) + 1 from payout where condominium_id = ${condominiumId})`,
      currency,
      period: await localPeriod(trx, condominiumId, now),
      as_of: now,
      total_cents: decided.totalCents,
      fees_cents: decided.feesCents,
      proposed_by: by,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (let first = 0; first < decided.lines.length; first += ROWS_AT_ONCE) {
    const rows = decided.lines.slice(first, first + ROWS_AT_ONCE);
    const values = rows.map((line, index) =>
      Object.assign(columnsOf(line), { payout_id: id, line_no: first + index + 1 }),
    );
    await trx.insertInto('payout_line').values(values).execute();
  }
  return id;
}

/** A statement takes 65,535 parameters. */
const ROWS_AT_ONCE = 1_000;

function columnsOf(line: PayoutLine) {
  const none = {
    document_id: null,
    month: null,
    permyriad: null,
    recovered_cents: null,
    claimed_cents: null,
    paid_cents: null,
    payable_cents: null,
    taken_cents: null,
  };
  const { kind, cents } = line;
  switch (line.kind) {
    case 'document':
      return {
        ...none,
        kind,
        cents,
        document_id: line.documentId,
        recovered_cents: line.recoveredCents,
        claimed_cents: line.claimedCents,
        paid_cents: line.paidCents,
        payable_cents: line.payableCents,
        taken_cents: line.takenCents,
      };
    case 'fee-per-month':
      return { ...none, kind, cents, month: line.month };
    case 'fee-percent':
      return { ...none, kind, cents, permyriad: line.permyriad, recovered_cents: line.ofCents };
    default:
      return line satisfies never;
  }
}

async function isOwnBank(sql: Sql, { condominiumId, issuerId }: PayoutParties): Promise<boolean> {
  const same = await sql
    .selectFrom('condominium')
    .innerJoin('issuer', 'issuer.nif', 'condominium.nif')
    .where('condominium.id', '=', condominiumId)
    .where('issuer.id', '=', issuerId)
    .select('condominium.id')
    .executeTakeFirst();
  return same !== undefined;
}

/** The month (yyyy-mm) in the time zone of the condominium's installations. */
async function localPeriod(sql: Sql, condominiumId: string, at: Date): Promise<string> {
  return localDate(at, await timeZoneOf(sql, condominiumId)).slice(0, 7);
}

/** The time zone of a condominium's first installation; throws where there is none. */
export async function timeZoneOf(sql: Sql, condominiumId: string): Promise<string> {
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .where('condominium_id', '=', condominiumId)
    .select('time_zone')
    .orderBy('id')
    .limit(1)
    .executeTakeFirstOrThrow(() => new Error(`condominium ${condominiumId} has no installation`));
  return timeZone;
}
