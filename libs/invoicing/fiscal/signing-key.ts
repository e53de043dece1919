import type { Sql } from '../../persistence/database.js';
import { isSameKey, type FiscalSigner } from './sign-document.js';

/**
 * Keeps the public half of a key when it is first used. False when documents were signed under that version with
 * another key: a lost and newly made key never goes on with an old chain.
 */
export async function keepSigningKey(trx: Sql, signer: FiscalSigner, now: Date): Promise<boolean> {
  const kept = (await keptKey(trx, signer.keyVersion)) ?? (await keep(trx, signer, now));
  return kept === signer.publicKey || isSameKey(kept, signer.publicKey);
}

async function keptKey(trx: Sql, version: string): Promise<string | undefined> {
  const row = await trx.selectFrom('fiscal_key').select('public_key').where('version', '=', version).executeTakeFirst();
  return row?.public_key;
}

async function keep(trx: Sql, { keyVersion, publicKey }: FiscalSigner, now: Date): Promise<string> {
  await trx
    .insertInto('fiscal_key')
    .values({ version: keyVersion, public_key: publicKey, first_used_at: now })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const kept = await keptKey(trx, keyVersion);
  if (kept === undefined) throw new Error(`the public key of version ${keyVersion} was not kept`);
  return kept;
}
