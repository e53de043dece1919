import type { Sql } from '../../persistence/database.js';

/** The installation whose rules and calendar hold for a customer's prepaid account. */
export interface PrepaidHome {
  readonly installationId: string;
  readonly timeZone: string;
  readonly currency: string;
  readonly issuerId: string;
}

/** Where the customer's latest occupancy is; who has none is at the condominium's first installation. Throws without any. */
export async function prepaidHome(sql: Sql, customerId: string): Promise<PrepaidHome> {
  const row = await sql
    .selectFrom('installation')
    .innerJoin('customer', 'customer.condominium_id', 'installation.condominium_id')
    .leftJoin('spot', 'spot.installation_id', 'installation.id')
    .leftJoin('occupancy', (join) =>
      join.onRef('occupancy.spot_id', '=', 'spot.id').onRef('occupancy.customer_id', '=', 'customer.id'),
    )
    .where('customer.id', '=', customerId)
    .select([
      'installation.id as installationId',
      'installation.time_zone as timeZone',
      'installation.currency as currency',
      'installation.issuer_id as issuerId',
    ])
    .orderBy('occupancy.from', (order) => order.desc().nullsLast())
    .orderBy('installation.id')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined) throw new Error(`customer ${customerId} has no installation, so no prepaid account`);
  return row;
}
