import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { seedTransaction } from '#test/data/documents.js';
import { createTestDatabase } from '#test/setup/database.js';

import { readingSchema, type Reading } from './api-types.js';
import type { Caller } from './testing/running-api.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';
import type { Tenant } from './testing/world.js';

let world: StaffedApi;
let database: StaffedApi['database'];
let tenant: Tenant;
let staff: Caller;
let readingId: number;

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
  ({ database, tenant, staff } = world);
  await seedTransaction(database.sql, { chargerId: tenant.chargerId, readings: [['2026-07-15T13:00:00Z', 0]] });
  ({ id: readingId } = await database.sql
    .selectFrom('meter_reading')
    .select('id')
    .where('import_wh', '=', 0)
    .executeTakeFirstOrThrow());
});
afterAll(() => world.stop());

const send = (kind: string, body: unknown, id: unknown = readingId) =>
  staff.post(`/api/v1/readings/${id}/${kind}`, body);

async function told(kind: string, reason: string): Promise<Reading> {
  const answer = await send(kind, { reason });
  expect(answer.status).toBe(200);
  return readingSchema.parse(answer.body);
}

const audited = () =>
  database.sql
    .selectFrom('audit_entry')
    .select(['action', 'subject', 'installation_id', 'before', 'after'])
    .where('subject', '=', `reading/${readingId}`)
    .orderBy('id')
    .execute();

describe('a reading', () => {
  it('is disregarded and restored for a reason, once each; the audit log has before and after', async () => {
    expect(await told('disregard', ' o contador falhou ')).toMatchObject({
      chargerId: tenant.chargerId,
      registerWh: 0,
      isDisregarded: true,
      correction: { kind: 'disregard', reason: 'o contador falhou', by: expect.stringContaining('@') },
    });
    expect(await told('disregard', 'outra vez')).toMatchObject({ correction: { reason: 'o contador falhou' } });
    expect(await told('restore', 'afinal estava certo')).toMatchObject({ isDisregarded: false });
    const subject = { subject: `reading/${readingId}`, installation_id: tenant.installationId };
    expect(await audited()).toMatchObject([
      { action: 'reading.disregard', ...subject, before: null, after: { kind: 'disregard' } },
      { action: 'reading.restore', ...subject, before: { kind: 'disregard' }, after: { kind: 'restore' } },
    ]);
  });

  it('is not corrected without a reason, and one that is not there not at all', async () => {
    for (const body of [{}, { reason: '  ' }, { reason: 'x'.repeat(501) }, { reason: 'x', by: 'me' }]) {
      expect(await send('disregard', body)).toMatchObject({ status: 400 });
    }
    expect(await send('disregard', { reason: 'x' }, 999_999)).toMatchObject({ status: 404 });
    expect(await send('disregard', { reason: 'x' }, 'zero')).toMatchObject({ status: 400 });
  });
});
