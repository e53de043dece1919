import { hashPassword } from '#libs/ocpp/password.js';
import type { Sql } from '#libs/persistence/database.js';

export interface SeedOptions {
  readonly installationId?: string;
  /** Ids of chargers to add, lower case. */
  readonly chargers: readonly string[];
  /** Cards by status: active or blocked. */
  readonly tokens?: Readonly<Record<string, 'active' | 'blocked'>>;
}

/** The password of every charger seeded here. */
export const CHARGER_PASSWORD = 'every-test-charger-has-this';

/** An installation with nothing but chargers and cards, for tests that begin at the socket or the message. */
export async function seedInstallation(sql: Sql, options: SeedOptions): Promise<string> {
  const id = options.installationId ?? 'garagem';
  const place = { nif: '500000000', address: 'Rua 1', postal_code: '1000-001', city: 'Lisboa' };
  await sql
    .insertInto('issuer')
    .values({ id, name: 'Emissor', email: 'a@example.pt', ...place })
    .execute();
  const manager = { manager_name: 'Gestor', manager_email: 'g@example.pt' };
  await sql
    .insertInto('condominium')
    .values({ id, name: 'Condomínio', ...place, ...manager })
    .execute();
  await sql.insertInto('installation').values({ id, condominium_id: id, issuer_id: id, name: 'Garagem' }).execute();
  const passwordHash = await hashPassword(CHARGER_PASSWORD);
  const chargers = options.chargers.map((charger) => ({
    id: charger,
    installation_id: id,
    label: charger.toUpperCase(),
    password_hash: passwordHash,
  }));
  await sql.insertInto('charger').values(chargers).execute();
  const tokens = Object.entries(options.tokens ?? { CARD: 'active' });
  await sql
    .insertInto('token')
    .values(tokens.map(([idTag, status]) => ({ installation_id: id, id_tag: idTag, status })))
    .execute();
  return id;
}
