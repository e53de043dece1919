import type { Sql } from '#libs/persistence/database.js';

/** A proposed payout of 100 cents, and accounts to pay it from and to. */
export async function addPayout(
  sql: Sql,
  letter: string,
  { condominiumId, currency, now }: { condominiumId: string; currency: string; now: Date },
): Promise<string> {
  await sql
    .updateTable('condominium')
    .set({ iban: 'PT50000201231234567890154' })
    .where('id', '=', condominiumId)
    .execute();
  await sql
    .updateTable('issuer')
    .set({ iban: 'PT50000201231234567890154' })
    .where('id', '=', `issuer-${letter}`)
    .execute();
  const payout = await sql
    .insertInto('payout')
    .values({
      key: `payout/${letter}`,
      condominium_id: condominiumId,
      issuer_id: `issuer-${letter}`,
      number: 1,
      currency,
      period: '2026-07',
      as_of: now,
      total_cents: 100,
      fees_cents: 0,
      proposed_by: `gestor-${letter}`,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('payout_line')
    .values({ payout_id: payout.id, line_no: 1, kind: 'document', cents: 100, recovered_cents: 100, paid_cents: 123 })
    .execute();
  return payout.id;
}
