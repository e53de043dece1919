import { afterAll, beforeAll, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { openDatabase } from './database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('who asks the pool while he holds its last connection is told so, and does not wait for ever', async () => {
  const { sql, close } = await openDatabase({ url: database.url, poolSize: 1, connectionWaitMs: 50 });
  const within = sql.transaction().execute(() => sql.selectFrom('installation').select('id').execute());
  await expect(within).rejects.toThrow('timeout exceeded');
  expect(await sql.selectFrom('installation').select('id').execute()).toEqual([]);
  await close();
});
