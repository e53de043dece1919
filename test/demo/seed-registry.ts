import type { Sql } from '#libs/persistence/database.js';

import { seedTariff } from './seed-tariff.js';
import { localInstant } from './sessions.js';
import {
  CIRCUITS,
  DEMO_POLICY,
  INSTALLATION_ID,
  TIME_ZONE,
  type DemoResident,
  type DemoSpot,
  type DemoWorld,
  idTagOf,
} from './world.js';

const CONDOMINIUM_ID = 'condominio-aurora';
const ISSUER_ID = 'chazemo';

async function seedParties(sql: Sql): Promise<void> {
  await sql
    .insertInto('issuer')
    .values({
      id: ISSUER_ID,
      name: 'ChaZeMo, Lda.',
      nif: '509442013',
      address: 'Avenida da Liberdade 100',
      postal_code: '1250-144',
      city: 'Lisboa',
      country: 'PT',
      email: 'suporte@chazemo.com',
      iban: 'PT50000201231234567890154',
    })
    .execute();
  await sql
    .insertInto('condominium')
    .values({
      id: CONDOMINIUM_ID,
      name: 'Condomínio Edifício Aurora',
      nif: '901234567',
      address: 'Rua das Camélias 12',
      postal_code: '1990-094',
      city: 'Lisboa',
      manager_name: 'Gestão Aurora',
      manager_email: 'gestora@example.org',
      iban: null,
    })
    .execute();
  await sql
    .insertInto('installation')
    .values({
      id: INSTALLATION_ID,
      condominium_id: CONDOMINIUM_ID,
      issuer_id: ISSUER_ID,
      name: 'Edifício Aurora, garagem',
      cpe: 'PT0002000012345678ZZ',
      time_zone: TIME_ZONE,
      currency: 'EUR',
      language: 'pt',
      region: 'PT',
    })
    .execute();
  await sql
    .insertInto('installation_policy')
    .values({ installation_id: INSTALLATION_ID, valid_from: '2025-01-01', policy: DEMO_POLICY })
    .execute();
}

async function seedResident(sql: Sql, resident: DemoResident): Promise<void> {
  await sql
    .insertInto('customer')
    .values({
      id: resident.id,
      condominium_id: CONDOMINIUM_ID,
      name: resident.name,
      nif: resident.nif,
      email: resident.email,
      address: 'Rua das Camélias 12',
      postal_code: '1990-094',
      city: 'Lisboa',
      language: 'pt',
      payment_method: resident.payer.startsWith('prepaid') ? 'prepaid' : 'direct-debit',
    })
    .execute();
}

async function seedSpot(
  sql: Sql,
  spot: DemoSpot,
  circuitId: string,
  hashPassword: (password: string) => Promise<string>,
): Promise<void> {
  const unit = await sql
    .insertInto('unit')
    .values({ installation_id: INSTALLATION_ID, name: spot.unit, permillage_hundredths: spot.permillageHundredths })
    .returning('id')
    .executeTakeFirstOrThrow();
  const place = await sql
    .insertInto('spot')
    .values({ installation_id: INSTALLATION_ID, circuit_id: circuitId, unit_id: unit.id, name: spot.name })
    .returning('id')
    .executeTakeFirstOrThrow();
  await sql
    .insertInto('charger')
    .values({
      id: spot.chargerId,
      installation_id: INSTALLATION_ID,
      label: spot.label,
      password_hash: await hashPassword(spot.password),
      vendor: 'Zaptec',
      model: spot.model,
    })
    .execute();
  await sql
    .insertInto('charger_placement')
    .values({
      charger_id: spot.chargerId,
      spot_id: place.id,
      from: localInstant('2025-01-01T00:00:00', TIME_ZONE),
      until: null,
    })
    .execute();
  const last = spot.holdings.at(-1);
  await sql
    .insertInto('token')
    .values({
      installation_id: INSTALLATION_ID,
      id_tag: idTagOf(spot.name),
      customer_id: last?.residentId ?? null,
      status: 'active',
    })
    .execute();
  for (const holding of spot.holdings) {
    await sql
      .insertInto('occupancy')
      .values({
        spot_id: place.id,
        customer_id: holding.residentId,
        kind: holding.kind,
        from: holding.from,
        until: holding.until,
      })
      .execute();
  }
}

/** Writes the car park into an empty database: parties, tariff, circuits, spots, chargers, residents, cards. */
export async function seedRegistry(
  sql: Sql,
  world: DemoWorld,
  hashPassword: (password: string) => Promise<string>,
): Promise<void> {
  await sql.transaction().execute(async (trx) => {
    await seedParties(trx);
    await seedTariff(trx);
    const circuits = await trx
      .insertInto('circuit')
      .values(
        CIRCUITS.map((name, position) => ({
          installation_id: INSTALLATION_ID,
          parent_id: null,
          name,
          max_current_a: 63,
          position,
        })),
      )
      .returning(['id', 'name'])
      .execute();
    const circuitIds = new Map(circuits.map((circuit) => [circuit.name, circuit.id]));
    for (const resident of world.residents) await seedResident(trx, resident);
    for (const spot of world.spots) {
      const circuitId = circuitIds.get(spot.circuit);
      if (circuitId === undefined) throw new Error(`spot ${spot.name} hangs under no circuit: ${spot.circuit}`);
      await seedSpot(trx, spot, circuitId, hashPassword);
    }
  });
}

export { CONDOMINIUM_ID };
