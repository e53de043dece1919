import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { ROLES } from '#libs/identity/permissions.js';
import { createTestDatabase } from '#test/setup/database.js';

import { issuersSchema } from './api-types.js';
import { runStaffedApi, type StaffedApi } from './testing/staffed-api.js';

let world: StaffedApi;
const path = '/api/v1/issuers/issuer-Aeiou/saft?month=2026-07';

beforeAll(async () => {
  world = await runStaffedApi(await createTestDatabase());
});
afterAll(() => world.stop());

describe('SAF-T', () => {
  it.each(ROLES)('%s: is for staff alone', async (role) => {
    const { condominiumId, customerId } = world.tenant;
    const caller = await world.api.user(role, { condominiumId, customerId });
    const isStaff = role === 'administrator' || role === 'staff';
    expect((await caller.get(path)).status).toBe(isStaff ? 200 : 403);
  });

  it('is an XML file with a name of its own, and whoever takes it is in the audit log', async () => {
    const answer = await world.staff.get(path);
    expect(answer.headers.get('content-type')).toBe('application/xml; charset=windows-1252');
    expect(answer.headers.get('content-disposition')).toContain('saft-issuer-Aeiou-2026-07.xml');
    expect(answer.text).toMatch(/^<\?xml version="1.0" encoding="Windows-1252"\?>[\s\S]*<\/AuditFile>\n$/);
    const entry = await world.database.sql
      .selectFrom('audit_entry')
      .selectAll()
      .orderBy('id', 'desc')
      .executeTakeFirst();
    expect(entry).toMatchObject({ action: 'saft.download', subject: 'issuer/issuer-Aeiou/2026-07' });
  });

  it('is refused as a problem: no month, no such issuer, an issuer outside Portugal', async () => {
    expect(await world.staff.get('/api/v1/issuers/issuer-Aeiou/saft')).toMatchObject({ status: 400 });
    expect(await world.staff.get('/api/v1/issuers/nobody/saft?month=2026-07')).toMatchObject({ status: 404 });
    const set = (country: string) => world.database.sql.updateTable('issuer').set({ country }).execute();
    await set('ES');
    const problem = { status: 409, body: { type: '/problems/saft-not-portuguese' } };
    expect(await world.staff.get(path)).toMatchObject(problem);
    await set('PT');
  });

  it('is of one of the issuers that are listed', async () => {
    const { items } = issuersSchema.parse((await world.staff.get('/api/v1/issuers')).body);
    expect(items).toEqual([{ id: 'issuer-Aeiou', name: 'ChaZeMo', nif: '500000000', country: 'PT' }]);
  });
});
