import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { instantOf, localTime, optionalLocalTime, requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type RowResult, type Table } from '../tabular/table.js';
import { findCustomer, findInstallation, findSpot } from './references.js';

const schema = z.object({
  installation: requiredText,
  spot: requiredText,
  customer: requiredText,
  kind: z.enum(['owner', 'tenant'], 'expected owner or tenant'),
  from: localTime,
  until: optionalLocalTime,
});
type Row = z.infer<typeof schema>;

async function apply(trx: Sql, row: Row, number: number): Promise<RowResult> {
  const installation = await findInstallation(trx, row.installation);
  if (installation === null) return problemAt(number, 'installation', `there is no installation "${row.installation}"`);
  const spotId = await findSpot(trx, row.installation, row.spot);
  if (spotId === null) return problemAt(number, 'spot', `there is no spot "${row.spot}" at ${row.installation}`);
  const customer = await findCustomer(trx, row.customer);
  if (customer === null) return problemAt(number, 'customer', `there is no customer "${row.customer}"`);
  if (customer.condominiumId !== installation.condominiumId) {
    return problemAt(number, 'customer', `customer ${row.customer} belongs to another condominium`);
  }
  const from = instantOf(row.from, installation.timeZone);
  const until = row.until === null ? null : instantOf(row.until, installation.timeZone);
  if (until !== null && until <= from) return problemAt(number, 'until', 'is not after "from"');
  const existing = await trx
    .selectFrom('occupancy')
    .select(['id', 'kind', 'until'])
    .where('spot_id', '=', spotId)
    .where('customer_id', '=', row.customer)
    .where('from', '=', from)
    .executeTakeFirst();
  const what = `spot ${row.spot}: customer ${row.customer} from ${row.from}${row.until === null ? '' : ` until ${row.until}`}`;
  if (existing === undefined) {
    await trx
      .insertInto('occupancy')
      .values({ spot_id: spotId, customer_id: row.customer, kind: row.kind, from, until })
      .execute();
    return changeOf(number, 'create', what);
  }
  const same = existing.kind === row.kind && existing.until?.getTime() === until?.getTime();
  if (same) return changeOf(number, 'same', what);
  await trx.updateTable('occupancy').set({ kind: row.kind, until }).where('id', '=', existing.id).execute();
  return changeOf(number, 'change', what);
}

/** Who answers for a spot, from when to when, in the installation's local time; `until` is the first instant after. */
export const occupanciesTable: Table<Row> = {
  name: 'occupancies',
  columns: [
    { name: 'installation', required: true, example: 'aurora' },
    { name: 'spot', required: true, example: '3012' },
    { name: 'customer', required: true, example: '1001' },
    { name: 'kind', required: true, example: 'owner' },
    { name: 'from', required: true, example: '2026-06-12T18:30' },
    { name: 'until', required: false, example: '' },
  ],
  schema,
  apply,
};
