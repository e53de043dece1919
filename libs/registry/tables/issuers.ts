import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { isValidNif } from '../nif.js';
import { countryOrPortugal, optionalText, orElse, requiredText, slug } from '../tabular/cells.js';
import { changeOf, problemAt, type RowResult, type Table } from '../tabular/table.js';
import { actionOf } from './references.js';

const schema = z.object({
  issuer: slug,
  name: requiredText,
  nif: requiredText,
  address: requiredText,
  postalCode: requiredText,
  city: requiredText,
  country: countryOrPortugal,
  email: requiredText,
  iban: optionalText,
  vatRounding: orElse(z.enum(['group', 'line'], 'expected group or line'), 'group'),
});
type Row = z.infer<typeof schema>;

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  if (row.country === 'PT' && !isValidNif(row.nif)) return problemAt(number, 'nif', 'is no Portuguese tax number');
  const values = {
    name: row.name,
    nif: row.nif,
    address: row.address,
    postal_code: row.postalCode,
    city: row.city,
    country: row.country,
    email: row.email,
    iban: row.iban,
    vat_rounding: row.vatRounding,
  };
  const existing = await trx.selectFrom('issuer').selectAll().where('id', '=', row.issuer).executeTakeFirst();
  const action = actionOf(existing, values);
  if (action !== 'same') {
    await trx
      .insertInto('issuer')
      .values({ id: row.issuer, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
  }
  return changeOf(number, action, `issuer ${row.issuer}`);
}

/** Who issues the documents; `vatRounding`: VAT once per rate on the sum (group) or once per line. */
export const issuersTable: Table<Row> = {
  name: 'issuers',
  columns: [
    { name: 'issuer', required: true, example: 'chazemo' },
    { name: 'name', required: true, example: 'ChaZeMo, Lda.' },
    { name: 'nif', required: true, example: '501964843' },
    { name: 'address', required: true, example: 'Rua das Amoreiras 12' },
    { name: 'postalCode', required: true, example: '1250-020' },
    { name: 'city', required: true, example: 'Lisboa' },
    { name: 'country', required: false, example: 'PT' },
    { name: 'email', required: true, example: 'faturas@example.pt' },
    { name: 'iban', required: false, example: 'PT50000201231234567890154' },
    { name: 'vatRounding', required: false, example: 'group' },
  ],
  schema,
  apply,
};
