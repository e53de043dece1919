import type { Sql } from '../../persistence/database.js';

/** Into whose bank account the provider pays out: the issuer that is flagged, else the only one. Throws when nobody is. */
export async function processorIssuer(sql: Sql): Promise<string> {
  const issuers = await sql.selectFrom('issuer').select(['id', 'owns_processor as owns']).orderBy('id').execute();
  const flagged = issuers.filter(({ owns }) => owns);
  const [only, ...others] = flagged.length > 0 ? flagged : issuers;
  if (only === undefined || others.length > 0) {
    throw new Error('say which issuer the payment provider pays out to: issuer.owns_processor, for one of them');
  }
  return only.id;
}
