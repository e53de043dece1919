import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { optionalText, requiredText, slug } from '../tabular/cells.js';
import { changeOf, type RowResult, type Table } from '../tabular/table.js';
import { actionOf } from './references.js';

const schema = z.object({
  condominium: slug,
  name: requiredText,
  nif: requiredText,
  address: requiredText,
  postalCode: requiredText,
  city: requiredText,
  managerName: requiredText,
  managerEmail: requiredText,
  iban: optionalText,
});
type Row = z.infer<typeof schema>;

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  const values = {
    name: row.name,
    nif: row.nif,
    address: row.address,
    postal_code: row.postalCode,
    city: row.city,
    manager_name: row.managerName,
    manager_email: row.managerEmail,
    iban: row.iban,
  };
  const existing = await trx.selectFrom('condominium').selectAll().where('id', '=', row.condominium).executeTakeFirst();
  const action = actionOf(existing, values);
  if (action !== 'same') {
    await trx
      .insertInto('condominium')
      .values({ id: row.condominium, ...values })
      .onConflict((conflict) => conflict.column('id').doUpdateSet(values))
      .execute();
  }
  return changeOf(number, action, `condominium ${row.condominium}`);
}

/** The BPO's customers, with the manager who receives the month's Excel. */
export const condominiumsTable: Table<Row> = {
  name: 'condominiums',
  columns: [
    { name: 'condominium', required: true, example: 'aurora' },
    { name: 'name', required: true, example: 'Condomínio Edifício Aurora' },
    { name: 'nif', required: true, example: '901234560' },
    { name: 'address', required: true, example: 'Avenida da Liberdade 100' },
    { name: 'postalCode', required: true, example: '1250-144' },
    { name: 'city', required: true, example: 'Lisboa' },
    { name: 'managerName', required: true, example: 'Maria Gestora' },
    { name: 'managerEmail', required: true, example: 'gestao@example.pt' },
    { name: 'iban', required: false, example: 'PT50000201231234567890154' },
  ],
  schema,
  apply,
};
