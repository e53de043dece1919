import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { isValidNif } from '../nif.js';
import { optionalText, requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type RowResult, type Table } from '../tabular/table.js';
import { differs } from './references.js';

const schema = z.object({
  customer: requiredText.regex(/^[\w.-]{1,40}$/, 'expected a customer number: letters, digits, - _ .'),
  condominium: requiredText,
  name: requiredText,
  nif: z.union([z.literal('').transform(() => null), z.string().refine(isValidNif, 'is no valid NIF')]),
  email: z.union([z.literal('').transform(() => null), z.email('is no e-mail address')]),
  address: optionalText,
  postalCode: optionalText,
  city: optionalText,
  language: z.union([z.literal('').transform(() => 'pt'), z.enum(['pt', 'en'], 'expected pt or en')]),
  paymentMethod: z.union([
    z.literal('').transform(() => 'transfer'),
    z.enum(['direct-debit', 'prepaid', 'transfer'], 'expected direct-debit, prepaid or transfer'),
  ]),
});
type Row = z.infer<typeof schema>;

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  const condominium = await trx
    .selectFrom('condominium')
    .select('id')
    .where('id', '=', row.condominium)
    .executeTakeFirst();
  if (condominium === undefined) {
    return problemAt(number, 'condominium', `there is no condominium "${row.condominium}"`);
  }
  const values = {
    condominium_id: row.condominium,
    name: row.name,
    nif: row.nif,
    email: row.email,
    address: row.address,
    postal_code: row.postalCode,
    city: row.city,
    language: row.language,
    payment_method: row.paymentMethod,
  };
  const existing = await trx.selectFrom('customer').selectAll().where('id', '=', row.customer).executeTakeFirst();
  const what = `customer ${row.customer}`;
  if (existing === undefined) {
    await trx
      .insertInto('customer')
      .values({ id: row.customer, ...values })
      .execute();
    return changeOf(number, 'create', what);
  }
  if (existing.condominium_id !== row.condominium) {
    return problemAt(
      number,
      'condominium',
      `customer ${row.customer} belongs to condominium ${existing.condominium_id}`,
    );
  }
  if (!differs(existing, values)) return changeOf(number, 'same', what);
  await trx.updateTable('customer').set(values).where('id', '=', row.customer).execute();
  return changeOf(number, 'change', what);
}

/** Who is billed, by customer number. */
export const customersTable: Table<Row> = {
  name: 'customers',
  columns: [
    { name: 'customer', required: true, example: '1001' },
    { name: 'condominium', required: true, example: 'condominio-aurora' },
    { name: 'name', required: true, example: 'Ana Silva' },
    { name: 'nif', required: false, example: '999999990' },
    { name: 'email', required: false, example: 'ana@example.org' },
    { name: 'address', required: false, example: 'Rua das Camélias 12' },
    { name: 'postalCode', required: false, example: '1990-094' },
    { name: 'city', required: false, example: 'Lisboa' },
    { name: 'language', required: false, example: 'pt' },
    { name: 'paymentMethod', required: false, example: 'direct-debit' },
  ],
  schema,
  apply,
};
