import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { isValidNif } from '../nif.js';
import { languageOrPortuguese, optionalText, orElse, requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type RowResult, type Table } from '../tabular/table.js';
import { actionOf, hasCondominium } from './references.js';

const schema = z.object({
  customer: requiredText.regex(/^[\w.-]{1,40}$/, 'expected a customer number: letters, digits, - _ .'),
  condominium: requiredText,
  name: requiredText,
  // Nine digits are a Portuguese number, whatever the country says; other numbers only of other countries.
  nif: orElse(
    z.string().refine((nif) => !/^\d{9}$/.test(nif) || isValidNif(nif), 'is no valid NIF'),
    null,
  ),
  email: orElse(z.email('is no e-mail address'), null),
  address: optionalText,
  postalCode: optionalText,
  city: optionalText,
  country: orElse(z.string().regex(/^[A-Z]{2}$/, 'expected a code such as PT'), null),
  language: languageOrPortuguese,
  paymentMethod: orElse(
    z.enum(['direct-debit', 'prepaid', 'transfer'], 'expected direct-debit, prepaid or transfer'),
    'transfer',
  ),
});
type Row = z.infer<typeof schema>;

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  if (!(await hasCondominium(trx, row.condominium))) {
    return problemAt(number, 'condominium', `there is no condominium "${row.condominium}"`);
  }
  const existing = await trx.selectFrom('customer').selectAll().where('id', '=', row.customer).executeTakeFirst();
  // Of a file that does not say: what is there stays.
  const country = row.country ?? existing?.country ?? 'PT';
  if (country === 'PT' && row.nif !== null && !isValidNif(row.nif)) return problemAt(number, 'nif', 'is no valid NIF');
  const values = {
    condominium_id: row.condominium,
    name: row.name,
    nif: row.nif,
    email: row.email,
    address: row.address,
    postal_code: row.postalCode,
    city: row.city,
    country,
    language: row.language,
    payment_method: row.paymentMethod,
  };
  if (existing !== undefined && existing.condominium_id !== row.condominium) {
    return problemAt(
      number,
      'condominium',
      `customer ${row.customer} belongs to condominium ${existing.condominium_id}`,
    );
  }
  const action = actionOf(existing, values);
  if (action !== 'same') {
    await trx
      .insertInto('customer')
      .values({ id: row.customer, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
  }
  return changeOf(number, action, `customer ${row.customer}`);
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
    { name: 'country', required: false, example: 'PT' },
    { name: 'language', required: false, example: 'pt' },
    { name: 'paymentMethod', required: false, example: 'direct-debit' },
  ],
  schema,
  apply,
};
