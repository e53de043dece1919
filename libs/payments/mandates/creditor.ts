import type { Sql } from '../../persistence/database.js';

/** Whom a customer authorises: the issuers of the invoices of their condominium. */
export async function creditorOf(sql: Sql, customerId: string): Promise<string> {
  const rows = await sql
    .selectFrom('customer')
    .innerJoin('installation', 'installation.condominium_id', 'customer.condominium_id')
    .innerJoin('issuer', 'issuer.id', 'installation.issuer_id')
    .where('customer.id', '=', customerId)
    .select('issuer.name')
    .distinct()
    .orderBy('issuer.name')
    .execute();
  return rows.map(({ name }) => name).join(', ');
}
