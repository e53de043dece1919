import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { optionalText, requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type ImportOptions, type RowResult, type Table } from '../tabular/table.js';
import { findCustomer } from './references.js';

const schema = z.object({
  idTag: requiredText.max(36, 'an OCPP idToken has at most 36 characters'),
  customer: optionalText,
  status: z.union([
    z.literal('').transform(() => 'active' as const),
    z.enum(['active', 'blocked'], 'expected active or blocked'),
  ]),
});
type Row = z.infer<typeof schema>;

/** A card holds in every installation of its customer's condominium; one without customer, in the one that is meant. */
async function installationsOf(trx: Sql, row: Row, options: ImportOptions): Promise<string[] | string> {
  let query = trx.selectFrom('installation').select('id').orderBy('id').limit(1000);
  if (options.installationId !== null) query = query.where('id', '=', options.installationId);
  if (row.customer !== null) {
    const customer = await findCustomer(trx, row.customer);
    if (customer === null) return `there is no customer "${row.customer}"`;
    query = query.where('condominium_id', '=', customer.condominiumId);
  }
  const installations = (await query.execute()).map(({ id }) => id);
  if (installations.length === 0) return 'there is no installation for it';
  if (row.customer === null && installations.length > 1) {
    return 'names no customer, and there are several installations: say which with --installation';
  }
  return installations;
}

async function apply(trx: Sql, row: Row, number: number, options: ImportOptions): Promise<RowResult> {
  const installations = await installationsOf(trx, row, options);
  if (typeof installations === 'string') return problemAt(number, 'customer', installations);
  let action: 'create' | 'change' | 'same' = 'same';
  for (const installationId of installations) {
    const existing = await trx
      .selectFrom('token')
      .select(['id', 'customer_id', 'status'])
      .where('installation_id', '=', installationId)
      .where('id_tag', '=', row.idTag)
      .executeTakeFirst();
    if (existing?.customer_id === row.customer && existing.status === row.status) continue;
    action = existing === undefined ? 'create' : 'change';
    await trx
      .insertInto('token')
      .values({ installation_id: installationId, id_tag: row.idTag, customer_id: row.customer, status: row.status })
      .onConflict((conflict) =>
        conflict.columns(['installation_id', 'id_tag']).doUpdateSet({ customer_id: row.customer, status: row.status }),
      )
      .execute();
  }
  return changeOf(number, action, `card of customer ${row.customer ?? 'none'}, ${row.status}`);
}

/** `idTag,customer,status` */
export const tokensTable: Table<Row> = {
  name: 'tokens',
  columns: [
    { name: 'idTag', required: true, example: '04A2B3C4D5' },
    { name: 'customer', required: false, example: '1001' },
    { name: 'status', required: false, example: 'active' },
  ],
  schema,
  apply,
};
