import { sql as raw } from 'kysely';

import { hashPassword } from '#libs/ocpp/password.js';
import type { Sql } from '#libs/persistence/database.js';
import { rateMonth } from '#libs/rating/rate-month.js';
import { CHARGER_PASSWORD } from '#test/chargers/seed-installation.js';
import { INSTALLATION_ID, seedCustomer, seedInstallation, seedSpot } from '#test/data/documents.js';

import type { Expectation, ToldCall } from './recording.js';

export { INSTALLATION_ID };

/** Local months of Lisbon in which recordings play. */
const MONTHS = [
  ['2026-09', '2026-08-31T23:00:00Z', '2026-09-30T23:00:00Z'],
  ['2026-10', '2026-09-30T23:00:00Z', '2026-11-01T00:00:00Z'],
  ['2026-11', '2026-11-01T00:00:00Z', '2026-12-01T00:00:00Z'],
] as const;

const PRICES = [
  ['ponta', 250_000, '2020-01-01', null],
  ['cheias', 200_000, '2020-01-01', '2026-10-16'],
  ['cheias', 210_000, '2026-10-16', null],
  ['vazio', 100_000, '2020-01-01', '2026-10-16'],
  ['vazio', 110_000, '2026-10-16', null],
] as const;

/** For each recording a spot and a charger of its name; customer 1001 answers for all of them. */
export async function seedRecordings(sql: Sql, names: readonly string[]): Promise<void> {
  await seedInstallation(sql);
  for (const id of ['1001', '1002']) await seedCustomer(sql, { id });
  for (const name of names) await seedSpot(sql, { name, chargerId: name, holders: [{ customerId: '1001' }] });
  await sql
    .updateTable('charger')
    .set({ password_hash: await hashPassword(CHARGER_PASSWORD) })
    .execute();
  const tokens = [
    { installation_id: INSTALLATION_ID, id_tag: 'CARD', status: 'active', customer_id: '1001' },
    { installation_id: INSTALLATION_ID, id_tag: 'LOST', status: 'blocked', customer_id: '1001' },
  ];
  await sql.insertInto('token').values(tokens).execute();
  await seedPrices(sql);
}

async function seedPrices(sql: Sql): Promise<void> {
  const plan = { name: 'Tri-horário semanal', calendar_id: 'pt-mainland-weekly', bands: 3, valid_from: '2020-01-01' };
  const { id } = await sql
    .insertInto('price_plan')
    .values({ installation_id: INSTALLATION_ID, ...plan })
    .returning('id')
    .executeTakeFirstOrThrow();
  const prices = PRICES.map(([band, micros, from, to]) => ({
    plan_id: id,
    band,
    micros_per_kwh: micros,
    valid_from: from,
    valid_to: to,
  }));
  await sql.insertInto('band_price').values(prices).execute();
}

/** What has come of the chargers' messages. */
export async function outcomeOf(sql: Sql, chargerIds: readonly string[]): Promise<Omit<Expectation, 'answers'>> {
  const attributedWh: Record<string, number> = {};
  let unattributedWh = 0;
  for (const [period, startsAt, endsAt] of MONTHS) {
    const month = { installationId: INSTALLATION_ID, startsAt: new Date(startsAt), endsAt: new Date(endsAt) };
    const rated = await rateMonth(sql, month, { chargerIds: new Set(chargerIds) });
    if ('refused' in rated) throw new Error(JSON.stringify(rated.refused));
    for (const { owner, band, microsPerKWh, wh } of rated.ok.lines) {
      const key = `${period} ${owner.customerId ?? 'nobody'} ${band} ${microsPerKWh}`;
      attributedWh[key] = (attributedWh[key] ?? 0) + wh;
    }
    unattributedWh += Object.values(rated.ok.unattributedByCharger).reduce((sum, wh) => sum + wh, 0);
  }
  return {
    transactions: await transactionsOf(sql, chargerIds),
    oddities: await odditiesOf(sql, chargerIds),
    attributedWh,
    unattributedWh,
    signed: await signedOf(sql, chargerIds),
  };
}

/** What the stored text of the messages has of signed values: of 1.6 beside the value, of 2.x within it. */
async function signedOf(sql: Sql, chargerIds: readonly string[]): Promise<string[]> {
  const { rows } = await raw<{ signed: string }>`
    select told #>> '{}' as signed from ocpp_message as message, lateral (
      select jsonb_path_query(payload, 'strict $.**.signedMeterValue.signedMeterData') as told
      union all
      select jsonb_path_query(payload, 'strict $.**.sampledValue[*] ? (@.format == "SignedData").value')
    ) as values where message.charger_id = any(${chargerIds}) order by message.id`.execute(sql);
  return rows.map(({ signed }) => signed);
}

/** The messages of a charger as they are stored. */
export async function messagesOf(sql: Sql, chargerIds: readonly string[]): Promise<ToldCall[]> {
  const rows = await sql
    .selectFrom('ocpp_message')
    .select(['message_id', 'action', 'payload'])
    .where('charger_id', 'in', chargerIds)
    .execute();
  return rows.map(({ message_id: id, action, payload }) => ({ id, action, payload }));
}

async function transactionsOf(sql: Sql, chargerIds: readonly string[]): Promise<string[]> {
  const rows = await sql
    .selectFrom('charging_transaction')
    .selectAll()
    .where('charger_id', 'in', chargerIds)
    .orderBy('id')
    .execute();
  return rows.map((row) => {
    const from = `${row.started_at.toISOString()} at ${row.meter_start_wh ?? '?'} Wh`;
    const to = row.stopped_at === null ? 'open' : `${row.stopped_at.toISOString()} at ${row.meter_stop_wh ?? '?'} Wh`;
    const why = row.stop_reason === null ? '' : ` (${row.stop_reason})`;
    return [`${from} – ${to}${why}`, ...row.flags.toSorted()].join(', ');
  });
}

async function odditiesOf(sql: Sql, chargerIds: readonly string[]): Promise<string[]> {
  const rows = await sql
    .selectFrom('oddity')
    .select('code')
    .distinct()
    .where('charger_id', 'in', chargerIds)
    .where('resolved_at', 'is', null)
    .orderBy('code')
    .execute();
  return rows.map(({ code }) => code);
}
