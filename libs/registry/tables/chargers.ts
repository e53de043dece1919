import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';

import { instantOf, optionalLocalTime, optionalText, orElse, requiredText } from '../tabular/cells.js';
import { changeOf, problemAt, type ImportOptions, type RowResult, type Table } from '../tabular/table.js';
import { findInstallation, findSpot } from './references.js';

const schema = z.object({
  chargerId: requiredText.regex(/^[\w.:+=@|-]{1,48}$/, 'expected an OCPP identity: letters, digits, - _ . : + = @ |'),
  installation: requiredText,
  circuit: optionalText,
  spot: optionalText,
  password: optionalText,
  sharing: orElse(z.enum(['occupant', 'token'], 'expected occupant or token'), null),
  since: optionalLocalTime,
});
type Row = z.infer<typeof schema>;

/** Breaker size of a circuit that an import creates; staff correct it. */
const DEFAULT_CIRCUIT_A = 32;

async function createInstallation(trx: Sql, id: string): Promise<void> {
  const toFill = { nif: '', address: '', postal_code: '', city: '' };
  await trx
    .insertInto('condominium')
    .values({ id, name: id, ...toFill, manager_name: '', manager_email: '' })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .execute();
  const issuer =
    (await trx.selectFrom('issuer').select('id').orderBy('id').limit(1).executeTakeFirst()) ??
    (await trx
      .insertInto('issuer')
      .values({ id: 'chazemo', name: 'ChaZeMo', ...toFill, email: '' })
      .returning('id')
      .executeTakeFirstOrThrow());
  await trx.insertInto('installation').values({ id, condominium_id: id, issuer_id: issuer.id, name: id }).execute();
}

async function circuitOf(trx: Sql, row: Row, create: boolean): Promise<{ id: string | null } | 'missing'> {
  if (row.circuit === null) return { id: null };
  const found = await trx
    .selectFrom('circuit')
    .select('id')
    .where('installation_id', '=', row.installation)
    .where('name', '=', row.circuit)
    .executeTakeFirst();
  if (found !== undefined) return found;
  if (!create) return 'missing';
  return trx
    .insertInto('circuit')
    .values({ installation_id: row.installation, name: row.circuit, max_current_a: DEFAULT_CIRCUIT_A })
    .returning('id')
    .executeTakeFirstOrThrow();
}

/** Before any charger of ours was made. */
const EVER = new Date('2015-01-01T00:00:00Z');

/** Whether neither the charger nor the spot was ever part of a placement. */
async function isFirst(trx: Sql, chargerId: string, spotId: string): Promise<boolean> {
  const former = await trx
    .selectFrom('charger_placement')
    .select('spot_id')
    .where((where) => where.or([where('charger_id', '=', chargerId), where('spot_id', '=', spotId)]))
    .limit(1)
    .executeTakeFirst();
  return former === undefined;
}

/** How the spot was shared last. */
async function sharingOf(trx: Sql, spotId: string): Promise<string> {
  const last = await trx
    .selectFrom('charger_placement')
    .select('sharing')
    .where('spot_id', '=', spotId)
    .orderBy('from', 'desc')
    .limit(1)
    .executeTakeFirst();
  return last?.sharing ?? 'occupant';
}

interface Place {
  readonly chargerId: string;
  readonly spotId: string;
  /** Null: as the spot is shared already. */
  readonly sharing: string | null;
  readonly now: Date;
  /** When it was hung up there, before now; null: nobody said. */
  readonly since: Date | null;
}

/** Whether charger or spot were part of another placement since then: what has begun later cannot be told anew. */
async function isTaken(trx: Sql, { chargerId, spotId, since }: Place & { readonly since: Date }): Promise<boolean> {
  const later = await trx
    .selectFrom('charger_placement')
    .select('spot_id')
    .where((where) => where.or([where('charger_id', '=', chargerId), where('spot_id', '=', spotId)]))
    .where((where) => where.or([where('from', '>=', since), where('until', '>', since)]))
    .limit(1)
    .executeTakeFirst();
  return later !== undefined;
}

/**
 * Puts the charger at the spot from now on, or since it was said to hang there; ends where it was, and whatever else was there. The first charger of a spot
 * was there all along: what it charged before it was registered, and delivers late, is not nobody's. A spot that is
 * shared otherwise than before is so from now on.
 */
async function place(trx: Sql, wanted: Place): Promise<'placed' | 'same' | 'taken'> {
  const { chargerId, spotId, now, since } = wanted;
  const current = await trx
    .selectFrom('charger_placement')
    .select(['spot_id', 'sharing'])
    .where('charger_id', '=', chargerId)
    .where('until', 'is', null)
    .executeTakeFirst();
  const sharing = wanted.sharing ?? (await sharingOf(trx, spotId));
  if (current?.spot_id === spotId && current.sharing === sharing) return 'same';
  if (since !== null && (await isTaken(trx, { ...wanted, since }))) return 'taken';
  const from = since ?? ((await isFirst(trx, chargerId, spotId)) ? EVER : now);
  await trx
    .updateTable('charger_placement')
    .set({ until: since ?? now })
    .where('until', 'is', null)
    .where((where) => where.or([where('charger_id', '=', chargerId), where('spot_id', '=', spotId)]))
    .execute();
  await trx.insertInto('charger_placement').values({ charger_id: chargerId, spot_id: spotId, sharing, from }).execute();
  return 'placed';
}

async function upsertCharger(trx: Sql, row: Row, id: string, options: ImportOptions): Promise<'create' | 'change'> {
  const passwordHash = row.password === null ? null : await options.hashPassword(row.password);
  const existing = await trx.selectFrom('charger').select('id').where('id', '=', id).executeTakeFirst();
  if (existing === undefined) {
    await trx
      .insertInto('charger')
      .values({ id, installation_id: row.installation, label: row.chargerId, password_hash: passwordHash })
      .execute();
    return 'create';
  }
  const own = passwordHash === null ? {} : { password_hash: passwordHash, password_is_shared: false };
  await trx
    .updateTable('charger')
    .set({ installation_id: row.installation, ...own })
    .where('id', '=', id)
    .execute();
  return 'change';
}

async function sinceOf(trx: Sql, { since, installation }: Row): Promise<Date | null> {
  if (since === null) return null;
  const { time_zone: timeZone } = await trx
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', installation)
    .executeTakeFirstOrThrow();
  return instantOf(since, timeZone);
}

async function apply(trx: Sql, row: Row, number: number, options: ImportOptions): Promise<RowResult> {
  if ((await findInstallation(trx, row.installation)) === null) {
    if (!options.create) return problemAt(number, 'installation', `there is no installation "${row.installation}"`);
    await createInstallation(trx, row.installation);
  }
  const circuit = await circuitOf(trx, row, options.create);
  if (circuit === 'missing') return problemAt(number, 'circuit', `there is no circuit "${row.circuit}"`);
  const id = row.chargerId.toLowerCase();
  const action = await upsertCharger(trx, row, id, options);
  if (row.spot !== null) {
    let spotId = await findSpot(trx, row.installation, row.spot);
    if (spotId === null) {
      if (!options.create) return problemAt(number, 'spot', `there is no spot "${row.spot}"`);
      const spot = await trx
        .insertInto('spot')
        .values({ installation_id: row.installation, circuit_id: circuit.id, name: row.spot })
        .returning('id')
        .executeTakeFirstOrThrow();
      spotId = spot.id;
    }
    const since = await sinceOf(trx, row);
    if (since !== null && since > options.now) return problemAt(number, 'since', 'is in the future');
    const placed = await place(trx, { chargerId: id, spotId, sharing: row.sharing, now: options.now, since });
    if (placed === 'taken') return problemAt(number, 'since', 'the charger or the spot has changed since then');
  }
  return changeOf(number, action, `charger ${row.chargerId} at ${row.installation}, spot ${row.spot ?? 'none'}`);
}

/**
 * `chargerId,installation,circuit,spot,password,sharing,since`; the password is kept hashed, an empty one leaves it as it was.
 * `sharing`: who answers for what is charged at the spot from now on, its `occupant`, or with `token` the customer of each card.
 * `since`: the local time at which it was hung up, where that was before now: a charger that replaces another.
 */
export const chargersTable: Table<Row> = {
  name: 'chargers',
  columns: [
    { name: 'chargerId', required: true, example: 'ZCS031974' },
    { name: 'installation', required: true, example: 'aurora' },
    { name: 'circuit', required: false, example: 'Piso -3 Circuito 2' },
    { name: 'spot', required: false, example: '3049' },
    { name: 'password', required: false, example: '' },
    { name: 'sharing', required: false, example: 'occupant' },
    { name: 'since', required: false, example: '' },
  ],
  schema,
  apply,
};
