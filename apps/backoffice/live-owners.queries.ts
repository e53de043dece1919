import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import type { LiveMessage } from './api-types.js';

/** Whom a live message concerns: the condominium, and the customers among its residents. */
export interface LiveOwners {
  readonly condominiumId: string | null;
  readonly customerIds: readonly string[];
  /** Written to one customer: no business of the manager. */
  readonly isPersonal: boolean;
}

async function customersOf(sql: Sql, message: LiveMessage, now: Date): Promise<string[]> {
  switch (message.topic) {
    case 'collection':
    case 'arrears': {
      const row = await sql
        .selectFrom('fiscal_document')
        .select('customer_id')
        .where('id', '=', message.id)
        .executeTakeFirst();
      return row === undefined ? [] : [row.customer_id];
    }
    case 'mail': {
      const row = await sql.selectFrom('mail').select('customer_id').where('id', '=', message.id).executeTakeFirst();
      return row === undefined || row.customer_id === null ? [] : [row.customer_id];
    }
    case 'charger': {
      const { rows } = await raw<{ customer_id: string }>`
        select occupancy.customer_id
        from charger_placement placement join occupancy on occupancy.spot_id = placement.spot_id
        where placement.charger_id = ${message.id}
          and placement."from" <= ${now} and (placement.until is null or placement.until > ${now})
          and occupancy."from" <= ${now} and (occupancy.until is null or occupancy.until > ${now})
        order by occupancy."from" desc, occupancy.customer_id limit 1`.execute(sql);
      return rows.map((row) => row.customer_id);
    }
    case 'month':
    case 'oddity':
      return [];
    default:
      return message.topic satisfies never;
  }
}

export async function ownersOf(sql: Sql, message: LiveMessage, now: Date): Promise<LiveOwners> {
  const [installation, customerIds] = await Promise.all([
    message.installation === null
      ? undefined
      : sql
          .selectFrom('installation')
          .select('condominium_id')
          .where('id', '=', message.installation)
          .executeTakeFirst(),
    customersOf(sql, message, now),
  ]);
  const isPersonal = message.topic === 'mail' && customerIds.length > 0;
  return { condominiumId: installation?.condominium_id ?? null, customerIds, isPersonal };
}
