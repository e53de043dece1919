import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { isValidNif } from '../nif.js';
import { isTimeZone } from '../period.js';
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
  timeZone: orElse(z.string().refine(isTimeZone, 'expected an IANA zone such as Europe/Lisbon'), null),
  cashVat: orElse(z.enum(['yes', 'no'], 'expected yes or no'), null),
  simplifiedInvoices: orElse(z.enum(['never', 'retailer', 'other'], 'expected never, retailer or other'), null),
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
    // Of a file that does not say: what is there stays.
    ...(row.timeZone === null ? {} : { time_zone: row.timeZone }),
    ...(row.cashVat === null ? {} : { cash_vat: row.cashVat === 'yes' }),
    ...(row.simplifiedInvoices === null ? {} : { simplified_invoices: row.simplifiedInvoices }),
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

/**
 * Who issues the documents; `vatRounding`: VAT once per rate on the sum (group) or once per line; `cashVat`: VAT is owed
 * when it is paid (regime de IVA de caixa); `simplifiedInvoices`: up to which limit of CIVA art. 40.
 */
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
    { name: 'timeZone', required: false, example: 'Europe/Lisbon' },
    { name: 'cashVat', required: false, example: 'no' },
    { name: 'simplifiedInvoices', required: false, example: 'never' },
  ],
  schema,
  apply,
};
