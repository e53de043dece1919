import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { decimal, optionalText, requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type ImportOptions, type RowResult, type Table } from '../tabular/table.js';
import { findInstallation } from './references.js';

const schema = z.object({
  installation: requiredText,
  unit: requiredText,
  permillage: decimal(2, 'a permillage such as 12,35'),
  spots: optionalText,
});
type Row = z.infer<typeof schema>;

async function spotIds(trx: Sql, row: Row, create: boolean): Promise<{ ids: string[] } | { missing: string }> {
  const ids: string[] = [];
  for (const name of (row.spots ?? '').split('|').map((text) => text.trim())) {
    if (name === '') continue;
    const spot =
      (await trx
        .selectFrom('spot')
        .select('id')
        .where('installation_id', '=', row.installation)
        .where('name', '=', name)
        .executeTakeFirst()) ??
      (create
        ? await trx
            .insertInto('spot')
            .values({ installation_id: row.installation, name })
            .returning('id')
            .executeTakeFirstOrThrow()
        : undefined);
    if (spot === undefined) return { missing: name };
    ids.push(spot.id);
  }
  return { ids };
}

async function apply(trx: Sql, row: Row, number: number, options: ImportOptions): Promise<RowResult> {
  if ((await findInstallation(trx, row.installation)) === null) {
    return problemAt(number, 'installation', `there is no installation "${row.installation}"`);
  }
  const spots = await spotIds(trx, row, options.create);
  if ('missing' in spots) return problemAt(number, 'spots', `there is no spot "${spots.missing}"`);
  const existing = await trx
    .selectFrom('unit')
    .select(['id', 'permillage_hundredths'])
    .where('installation_id', '=', row.installation)
    .where('name', '=', row.unit)
    .executeTakeFirst();
  const unit = await trx
    .insertInto('unit')
    .values({ installation_id: row.installation, name: row.unit, permillage_hundredths: row.permillage })
    .onConflict((conflict) =>
      conflict.columns(['installation_id', 'name']).doUpdateSet({ permillage_hundredths: row.permillage }),
    )
    .returning('id')
    .executeTakeFirstOrThrow();
  let moved = 0;
  if (spots.ids.length > 0) {
    const result = await trx
      .updateTable('spot')
      .set({ unit_id: unit.id })
      .where('id', 'in', spots.ids)
      .where('unit_id', 'is distinct from', unit.id)
      .executeTakeFirst();
    moved = Number(result.numUpdatedRows);
  }
  const same = existing?.permillage_hundredths === row.permillage && moved === 0;
  const action = existing === undefined ? 'create' : same ? 'same' : 'change';
  return changeOf(number, action, `unit ${row.unit} of ${row.installation}`);
}

/** Apartments and offices with their permillage; `spots` are the names of their places, separated by `|`. */
export const unitsTable: Table<Row> = {
  name: 'units',
  columns: [
    { name: 'installation', required: true, example: 'aurora' },
    { name: 'unit', required: true, example: 'Fração A' },
    { name: 'permillage', required: true, example: '12,35' },
    { name: 'spots', required: false, example: '3012|3014' },
  ],
  schema,
  apply,
};
