import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';

import { DEFAULT_POLICY } from '#libs/registry/policy.js';
import { seedInstallation } from '#test/chargers/seed-installation.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { commandsOf } from './command-history.js';
import { pruneCommands } from './prune-commands.js';

const NOW = new Date('2027-08-15T10:00:00Z');

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await seedInstallation(database.sql, { chargers: ['c1'] });
});
afterAll(() => database.drop());

/** Commands by key, each asked when it ended; null: it has not. */
async function commands(ends: Readonly<Record<string, string | null>>): Promise<void> {
  for (const [key, end] of Object.entries(ends)) {
    const asked = new Date(end ?? '2026-01-01T00:00:00Z');
    await database.sql
      .insertInto('charger_command')
      .values({
        charger_id: 'c1',
        kind: 'clear-cache',
        request: { kind: 'clear-cache' },
        number: 1,
        state: end === null ? 'sent' : 'answered',
        asked_by: 'test',
        asked_at: asked,
        expires_at: asked,
        when_absent: 'wait',
        key,
        ended_at: end === null ? null : asked,
      })
      .execute();
  }
}
const keys = async () => {
  const rows = await database.sql.selectFrom('charger_command').select('key').orderBy('key').execute();
  return rows.map(({ key }) => key);
};

it('what ended more than thirteen months ago goes, in batches; what has not ended stays', async () => {
  await commands({ old: '2026-07-15T09:59:59Z', kept: '2026-07-15T10:00:00Z', open: null });
  await raw`
    insert into charger_command (charger_id, kind, request, number, state, asked_by, asked_at, expires_at, when_absent,
      key, ended_at)
    select charger_id, kind, request, number, state, asked_by, asked_at, expires_at, when_absent, 'old-' || n, ended_at
    from charger_command, generate_series(1, 2500) n where key = 'old'`.execute(database.sql);
  const removed = await Promise.all([pruneCommands(database.sql, NOW), pruneCommands(database.sql, NOW)]);
  expect(removed[0] + removed[1]).toBe(2_501);
  expect(await keys()).toEqual(['kept', 'open']);
  expect(await commandsOf(database.sql, { chargerId: 'c1', limit: 10 })).toHaveLength(2);
});

it('the installation’s policy says how long', async () => {
  await database.sql
    .insertInto('installation_policy')
    .values({
      installation_id: 'garagem',
      valid_from: '2027-01-01',
      policy: { ...DEFAULT_POLICY, commandHistoryMonths: 24 },
    })
    .execute();
  await commands({ 'two-years': '2025-08-15T09:00:00Z', less: '2025-08-16T09:00:00Z' });
  expect(await pruneCommands(database.sql, NOW)).toBe(1);
  expect(await keys()).toEqual(['kept', 'less', 'open']);
});
