import type { Sql } from '#libs/persistence/database.js';
import { lockUntilEnd } from '#libs/persistence/lock-until-end.js';

import type { TokenKind } from './token-kinds.js';

/** What staff say of a card. Instants; null: no limit. Without spots it is good at all of its installation. */
export interface TokenTerms {
  readonly kind: TokenKind;
  readonly customerId: string | null;
  readonly groupTag: string | null;
  readonly validFrom: Date | null;
  readonly expiresAt: Date | null;
  readonly spotIds: readonly string[];
}

export interface TokenRefusal {
  readonly code:
    | 'TOKEN.TAKEN'
    | 'TOKEN.NOT_FOUND'
    | 'TOKEN.CUSTOMER_ELSEWHERE'
    | 'TOKEN.SPOT_ELSEWHERE'
    | 'TOKEN.ENDS_BEFORE_BEGIN'
    | 'TOKEN.BLOCKED'
    | 'TOKEN.NOT_BLOCKED';
}

type Done = { readonly ok: { readonly id: string } } | { readonly refused: TokenRefusal };
const refused = (code: TokenRefusal['code']): Done => ({ refused: { code } });

/**
 * A new card in an installation; chargers tell cards apart without regard to case. Must run inside a transaction.
 */
export async function addToken(
  trx: Sql,
  order: { readonly installationId: string; readonly idTag: string; readonly terms: TokenTerms },
): Promise<Done> {
  const { installationId, idTag, terms } = order;
  await lockUntilEnd(trx, `tokens/${installationId}`);
  const taken = await trx
    .selectFrom('token')
    .select('id')
    .where('installation_id', '=', installationId)
    .where((where) => where(where.fn<string>('lower', ['id_tag']), '=', idTag.toLowerCase()))
    .executeTakeFirst();
  if (taken !== undefined) return refused('TOKEN.TAKEN');
  const wrong = await wrongTerms(trx, installationId, terms);
  if (wrong !== null) return refused(wrong);
  const { id } = await trx
    .insertInto('token')
    .values({ installation_id: installationId, id_tag: idTag, ...columnsOf(terms) })
    .returning('id')
    .executeTakeFirstOrThrow();
  await setSpots(trx, id, terms.spotIds);
  return { ok: { id } };
}

/** Other terms for a card; its number stays. Must run inside a transaction. */
export async function changeToken(
  trx: Sql,
  { tokenId, terms }: { readonly tokenId: string; readonly terms: TokenTerms },
): Promise<Done> {
  const found = await lockToken(trx, tokenId);
  if (found === null) return refused('TOKEN.NOT_FOUND');
  const wrong = await wrongTerms(trx, found.installation_id, terms);
  if (wrong !== null) return refused(wrong);
  await trx.updateTable('token').set(columnsOf(terms)).where('id', '=', tokenId).execute();
  await setSpots(trx, tokenId, terms.spotIds);
  return { ok: { id: tokenId } };
}

export interface BlockOrder {
  readonly tokenId: string;
  /** Said to whoever asks why. */
  readonly reason: string;
  readonly by: string;
  readonly now: Date;
}

/** From now on the card begins nothing; a session under way goes on. Must run inside a transaction. */
export async function blockToken(trx: Sql, { tokenId, reason, by, now }: BlockOrder): Promise<Done> {
  const found = await lockToken(trx, tokenId);
  if (found === null) return refused('TOKEN.NOT_FOUND');
  if (found.status !== 'active') return refused('TOKEN.BLOCKED');
  const values = { status: 'blocked', block_reason: reason, blocked_by: by, blocked_at: now };
  await trx.updateTable('token').set(values).where('id', '=', tokenId).execute();
  return { ok: { id: tokenId } };
}

/** Lifts staff's block; a suspension by arrears is another matter, and stays. Must run inside a transaction. */
export async function unblockToken(trx: Sql, tokenId: string): Promise<Done> {
  const found = await lockToken(trx, tokenId);
  if (found === null) return refused('TOKEN.NOT_FOUND');
  if (found.status === 'active') return refused('TOKEN.NOT_BLOCKED');
  const values = { status: 'active', block_reason: null, blocked_by: null, blocked_at: null };
  await trx.updateTable('token').set(values).where('id', '=', tokenId).execute();
  return { ok: { id: tokenId } };
}

async function lockToken(trx: Sql, tokenId: string) {
  const row = await trx
    .selectFrom('token')
    .select(['installation_id', 'status'])
    .where('id', '=', tokenId)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

async function wrongTerms(trx: Sql, installationId: string, terms: TokenTerms): Promise<TokenRefusal['code'] | null> {
  const { customerId, validFrom, expiresAt, spotIds } = terms;
  if (validFrom !== null && expiresAt !== null && expiresAt <= validFrom) return 'TOKEN.ENDS_BEFORE_BEGIN';
  if (customerId !== null) {
    const customer = await trx
      .selectFrom('customer')
      .innerJoin('installation', 'installation.condominium_id', 'customer.condominium_id')
      .select('customer.id')
      .where('customer.id', '=', customerId)
      .where('installation.id', '=', installationId)
      .executeTakeFirst();
    if (customer === undefined) return 'TOKEN.CUSTOMER_ELSEWHERE';
  }
  if (spotIds.length === 0) return null;
  const spots = await trx
    .selectFrom('spot')
    .select('id')
    .where('installation_id', '=', installationId)
    .where('id', 'in', [...spotIds])
    .execute();
  return spots.length === new Set(spotIds).size ? null : 'TOKEN.SPOT_ELSEWHERE';
}

const columnsOf = ({ kind, customerId, groupTag, validFrom, expiresAt }: TokenTerms) => ({
  kind,
  customer_id: customerId,
  group_tag: groupTag,
  valid_from: validFrom,
  expires_at: expiresAt,
});

async function setSpots(trx: Sql, tokenId: string, spotIds: readonly string[]): Promise<void> {
  const wanted = [...new Set(spotIds)];
  let gone = trx.deleteFrom('token_spot').where('token_id', '=', tokenId);
  if (wanted.length > 0) gone = gone.where('spot_id', 'not in', wanted);
  await gone.execute();
  if (wanted.length === 0) return;
  await trx
    .insertInto('token_spot')
    .values(wanted.map((spot) => ({ token_id: tokenId, spot_id: spot })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}
