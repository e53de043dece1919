import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { optionalText, requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type ImportOptions, type RowResult, type Table } from '../tabular/table.js';
import { findCustomer } from './references.js';

/** As people write them, and as OCPP does. */
const STATUSES: Readonly<Record<string, 'active' | 'blocked'>> = {
  '': 'active',
  active: 'active',
  accepted: 'active',
  blocked: 'blocked',
};

const schema = z.object({
  idTag: requiredText.max(36, 'an OCPP idToken has at most 36 characters'),
  customer: optionalText,
  status: z.string().transform((text, context) => {
    const status = STATUSES[text.toLowerCase()];
    if (status !== undefined) return status;
    context.addIssue({ code: 'custom', message: `expected active or blocked, got "${text}"` });
    return z.NEVER;
  }),
});
type Row = z.infer<typeof schema>;

interface Place {
  readonly id: string;
  readonly condominiumId: string;
}

/** A card holds in every installation of its customer's condominium; one without customer, in the one that is meant. */
async function installationsOf(trx: Sql, row: Row, options: ImportOptions): Promise<readonly Place[] | string> {
  const customer = row.customer === null ? null : await findCustomer(trx, row.customer);
  if (row.customer !== null && customer === null && !options.create) return `there is no customer "${row.customer}"`;
  let query = trx
    .selectFrom('installation')
    .select(['id', 'condominium_id as condominiumId'])
    .orderBy('id')
    .limit(1000);
  if (options.installationId !== null) query = query.where('id', '=', options.installationId);
  if (customer !== null) query = query.where('condominium_id', '=', customer.condominiumId);
  const places = await query.execute();
  if (places.length === 0) return 'there is no installation for it';
  if (customer === null && places.length > 1) {
    const who = row.customer === null ? 'names no customer' : 'names a customer to create';
    return `${who}, and there are several installations: say which with --installation`;
  }
  return places;
}

/** A customer that only the card names so far: staff complete it. One that exists stays as it is. */
async function createCustomer(trx: Sql, id: string | null, place: Place | undefined): Promise<void> {
  if (id === null || place === undefined) return;
  await trx
    .insertInto('customer')
    .values({ id, condominium_id: place.condominiumId, name: id })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
}

async function apply(trx: Sql, row: Row, number: number, options: ImportOptions): Promise<RowResult> {
  const places = await installationsOf(trx, row, options);
  if (typeof places === 'string') return problemAt(number, 'customer', places);
  await createCustomer(trx, row.customer, places[0]);
  let action: 'create' | 'change' | 'same' = 'same';
  for (const { id: installationId } of places) {
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
        conflict.columns(['installation_id', 'id_tag']).doUpdateSet({
          customer_id: row.customer,
          status: row.status,
          ...(row.status === 'active' ? { block_reason: null, blocked_by: null, blocked_at: null } : {}),
        }),
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
