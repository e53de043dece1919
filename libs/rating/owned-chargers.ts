import type { Sql } from '#libs/persistence/database.js';

import type { OccupancySpan, OwnedCharger, PlacementSpan } from './owner-spans.js';

/**
 * The chargers whose energy of [startsAt, endsAt) may be an installation's, by id in plain order: those registered
 * there and those placed at one of its spots, each with its placements and the occupancies of those spots.
 */
export async function ownedChargers(
  sql: Sql,
  installationId: string,
  startsAt: Date,
  endsAt: Date,
): Promise<Map<string, OwnedCharger>> {
  const placements = Map.groupBy(await placementsOf(sql, installationId, startsAt, endsAt), (row) => row.chargerId);
  const occupancies = Map.groupBy(await occupanciesOf(sql, installationId, startsAt, endsAt), (row) => row.spotId);
  const chargers = await sql
    .selectFrom('charger')
    .select(['id', 'installation_id'])
    .where((where) =>
      where.or([where('installation_id', '=', installationId), where('id', 'in', ['', ...placements.keys()])]),
    )
    .execute();
  chargers.sort((a, b) => (a.id < b.id ? -1 : 1));
  return new Map(
    chargers.map((charger): [string, OwnedCharger] => {
      const placed = placements.get(charger.id) ?? [];
      const spots = new Set(placed.map((placement) => placement.spotId));
      const answering = [...spots].flatMap((spotId) => occupancies.get(spotId) ?? []);
      return [charger.id, { installationId: charger.installation_id, placements: placed, occupancies: answering }];
    }),
  );
}

/** All placements in the period, also at other installations, of chargers that are or were the installation's. */
async function placementsOf(
  sql: Sql,
  installationId: string,
  startsAt: Date,
  endsAt: Date,
): Promise<(PlacementSpan & { chargerId: string })[]> {
  return await sql
    .selectFrom('charger_placement as p')
    .innerJoin('spot as s', 's.id', 'p.spot_id')
    .select([
      'p.charger_id as chargerId',
      'p.spot_id as spotId',
      's.installation_id as installationId',
      'p.sharing as sharing',
      'p.from as from',
      'p.until as until',
    ])
    .where('p.from', '<', endsAt)
    .where((where) => where.or([where('p.until', 'is', null), where('p.until', '>', startsAt)]))
    .where('p.charger_id', 'in', (query) =>
      query
        .selectFrom('charger')
        .select('id')
        .where('installation_id', '=', installationId)
        .union(
          query
            .selectFrom('charger_placement')
            .innerJoin('spot', 'spot.id', 'charger_placement.spot_id')
            .select('charger_placement.charger_id as id')
            .where('spot.installation_id', '=', installationId),
        ),
    )
    .execute();
}

/** Who answered for the installation's spots in the period. */
export async function occupanciesOf(
  sql: Sql,
  installationId: string,
  startsAt: Date,
  endsAt: Date,
): Promise<OccupancySpan[]> {
  return await sql
    .selectFrom('occupancy as o')
    .innerJoin('spot as s', 's.id', 'o.spot_id')
    .select(['o.spot_id as spotId', 'o.customer_id as customerId', 'o.from as from', 'o.until as until'])
    .where('s.installation_id', '=', installationId)
    .where('o.from', '<', endsAt)
    .where((where) => where.or([where('o.until', 'is', null), where('o.until', '>', startsAt)]))
    .execute();
}
