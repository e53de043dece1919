import type { Sql } from '#libs/persistence/database.js';

export interface OddityNote {
  readonly chargerId: string;
  readonly transactionId?: number;
  readonly code: string;
  readonly detail: Record<string, unknown>;
  readonly at: Date;
  /** The same oddity noted again changes nothing. */
  readonly key: string;
}

/** Something about a charger that a person should look at and that no message's decision has told; once per key. */
export async function noteOddity(sql: Sql, note: OddityNote): Promise<void> {
  const { chargerId, transactionId = null, code, detail, at, key } = note;
  const { installation_id: installationId } = await sql
    .selectFrom('charger')
    .select('installation_id')
    .where('id', '=', chargerId)
    .executeTakeFirstOrThrow();
  const where = { installation_id: installationId, charger_id: chargerId, transaction_id: transactionId };
  await sql
    .insertInto('oddity')
    .values({ ...where, code, detail, at, key })
    .onConflict((clause) => clause.column('key').doNothing())
    .execute();
}
