import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { createApiToken, holderOfApiToken, listApiTokens, revokeApiToken } from './api-tokens.js';
import { recordAudit } from './audit.js';
import { beginWrite, finishWrite, forgetWrite, requestDigest } from './idempotency.js';
import { hashPassword, verifyPassword } from './passwords.js';
import {
  closeSession,
  openSession,
  SESSION_IDLE_MS,
  SESSION_LIMIT_MS,
  slidingExpiry,
  userBySession,
} from './sessions.js';
import { SignInLimit } from './sign-in-limit.js';
import { createUser, ensureAdministrator, userByPassword } from './users.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const NOW = new Date('2026-06-15T10:00:00Z');
const later = (ms: number) => new Date(NOW.getTime() + ms);
const secret = 'a secret of the test';

describe('passwords', () => {
  it('are kept as argon2id with a salt of their own', async () => {
    const [first, second] = await Promise.all([hashPassword('correct horse'), hashPassword('correct horse')]);
    expect(first).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(first).not.toBe(second);
    expect(await verifyPassword('correct horse', first)).toBe(true);
    expect(await verifyPassword('correct horsf', first)).toBe(false);
  });

  it('made by scrypt are understood', async () => {
    const hash = '$scrypt$ln=4,r=1,p=1$c2FsdA$Pw0lLQy9y2u5Xc0m1u0rZb1bJ2l2l4aYH8cQ2zv0a9E';
    expect(await verifyPassword('x', hash)).toBe(false);
  });

  it('refuse a stored text that is no hash', async () => {
    await expect(verifyPassword('x', 'plain')).rejects.toThrow('neither argon2id nor scrypt');
  });
});

describe('users', () => {
  it('sign in by address without case, and by their password alone', async () => {
    const user = { email: 'Ana@Example.pt ', name: 'Ana', password: 'segredo 1', role: 'staff' as const };
    expect(await createUser(database.sql, user)).toMatchObject({ created: true });
    expect(await createUser(database.sql, { ...user, password: 'other' })).toMatchObject({ created: false });
    expect(await userByPassword(database.sql, 'ANA@example.pt', 'segredo 1')).toMatchObject({
      name: 'Ana',
      role: 'staff',
    });
    expect(await userByPassword(database.sql, 'ana@example.pt', 'other')).toBeNull();
    expect(await userByPassword(database.sql, 'nobody@example.pt', 'segredo 1')).toBeNull();
    await database.sql
      .updateTable('app_user')
      .set({ disabled_at: NOW })
      .where('email', '=', 'ana@example.pt')
      .execute();
    expect(await userByPassword(database.sql, 'ana@example.pt', 'segredo 1')).toBeNull();
  });

  it('have one first administrator, made once', async () => {
    expect(await ensureAdministrator(database.sql, { email: 'root@example.pt', password: 'p' })).toBe(true);
    expect(await ensureAdministrator(database.sql, { email: 'other@example.pt', password: 'p' })).toBe(false);
  });
});

describe('sessions', () => {
  it('are kept as a hash, slide with use, and end', async () => {
    const { userId } = await createUser(database.sql, { email: 's@x.pt', name: 'S', password: 'p', role: 'staff' });
    const { token } = await openSession(database.sql, userId, { secret, now: NOW });
    const stored = await database.sql.selectFrom('user_session').selectAll().where('user_id', '=', userId).execute();
    expect(JSON.stringify(stored)).not.toContain(token);
    const nearEnd = later(SESSION_IDLE_MS - 1000);
    expect(await userBySession(database.sql, token, { secret, now: nearEnd })).toMatchObject({ id: userId });
    expect(await userBySession(database.sql, token, { secret, now: later(SESSION_IDLE_MS + 1000) })).not.toBeNull();
    expect(await userBySession(database.sql, token, { secret: 'another key', now: NOW })).toBeNull();
    expect(await userBySession(database.sql, token, { secret, now: later(3 * SESSION_IDLE_MS) })).toBeNull();
    await closeSession(database.sql, token, secret);
    expect(await userBySession(database.sql, token, { secret, now: NOW })).toBeNull();
  });

  it('never last longer than the limit', () => {
    expect(slidingExpiry(NOW, later(SESSION_LIMIT_MS - 5))).toEqual(later(SESSION_LIMIT_MS));
    expect(slidingExpiry(NOW, NOW)).toEqual(later(SESSION_IDLE_MS));
  });
});

describe('API tokens', () => {
  it('open until they expire or are revoked', async () => {
    const { id, token } = await createApiToken(database.sql, { name: 'demo', role: 'staff', expiresAt: later(1000) });
    expect(await holderOfApiToken(database.sql, token, NOW)).toMatchObject({ name: 'demo', role: 'staff' });
    expect(await holderOfApiToken(database.sql, `${token}x`, NOW)).toBeNull();
    expect(await holderOfApiToken(database.sql, token, later(1000))).toBeNull();
    expect(await revokeApiToken(database.sql, id, NOW)).toBe(true);
    expect(await holderOfApiToken(database.sql, token, NOW)).toBeNull();
    expect(await revokeApiToken(database.sql, id, later(1))).toBe(false);
    expect(await listApiTokens(database.sql)).toMatchObject([{ id, name: 'demo', revokedAt: NOW }]);
  });
});

describe('the audit log', () => {
  it('keeps before and after, and refuses to be changed', async () => {
    const event = { actor: 'a@x.pt', action: 'month.hold', subject: 'month/1', installationId: null };
    const { auditId } = await recordAudit(database.sql, { ...event, before: { held: false }, after: ['held'] });
    const entry = await database.sql
      .selectFrom('audit_entry')
      .selectAll()
      .where('id', '=', auditId)
      .executeTakeFirstOrThrow();
    expect(entry).toMatchObject({ actor: 'a@x.pt', before: { held: false }, after: ['held'] });
    const change = database.sql.updateTable('audit_entry').set({ actor: 'b' }).where('id', '=', auditId).execute();
    await expect(change).rejects.toThrow('permission denied');
  });
});

describe('a write with a key', () => {
  const request = requestDigest('POST', '/months', { period: '2026-06' });

  it('is done once and answered the same ever after', async () => {
    const write = { actor: 'a', key: 'k1', request };
    expect(await beginWrite(database.sql, write, NOW)).toEqual({ turn: 'first' });
    expect(await beginWrite(database.sql, write, NOW)).toEqual({ turn: 'in-progress' });
    await finishWrite(database.sql, write, 201, [{ a: 1 }]);
    expect(await beginWrite(database.sql, write, NOW)).toEqual({ turn: 'replay', status: 201, body: [{ a: 1 }] });
    const other = { ...write, request: requestDigest('POST', '/months', { period: '2026-07' }) };
    expect(await beginWrite(database.sql, other, NOW)).toEqual({ turn: 'reused' });
    expect(await beginWrite(database.sql, { ...write, actor: 'b' }, NOW)).toEqual({ turn: 'first' });
  });

  it('that failed on our side, or was abandoned, may be done again', async () => {
    const write = { actor: 'a', key: 'k2', request };
    await beginWrite(database.sql, write, NOW);
    await forgetWrite(database.sql, write);
    expect(await beginWrite(database.sql, write, NOW)).toEqual({ turn: 'first' });
    expect(await beginWrite(database.sql, write, later(61_000))).toEqual({ turn: 'first' });
    expect(await beginWrite(database.sql, write, later(62_000))).toEqual({ turn: 'in-progress' });
  });

  it('is taken by one of many that come at once', async () => {
    const write = { actor: 'a', key: 'k3', request };
    const turns = await Promise.all(Array.from({ length: 8 }, () => beginWrite(database.sql, write, NOW)));
    expect(turns.filter(({ turn }) => turn === 'first')).toHaveLength(1);
  });
});

describe('the limit on sign-ins', () => {
  const limits = { perAccount: 2, perAddress: 4, windowMs: 60_000, remembered: 6 };

  it('holds per account, and lets go when the window has passed', () => {
    const limit = new SignInLimit(limits);
    for (const at of [0, 1000]) limit.recordAttempt('a', '10.0.0.1', later(at));
    expect(limit.retryAfterSeconds('a', '10.0.0.2', later(2000))).toBe(58);
    expect(limit.retryAfterSeconds('b', '10.0.0.1', later(2000))).toBe(0);
    expect(limit.retryAfterSeconds('a', '10.0.0.2', later(60_000))).toBe(0);
  });

  it('holds per address over many accounts', () => {
    const limit = new SignInLimit({ ...limits, remembered: 100 });
    for (const account of ['a', 'b', 'c', 'd']) limit.recordAttempt(account, '10.0.0.1', NOW);
    expect(limit.retryAfterSeconds('e', '10.0.0.1', NOW)).toBe(60);
    expect(limit.retryAfterSeconds('e', '10.0.0.2', NOW)).toBe(0);
  });

  it('forgives an account that signs in', () => {
    const limit = new SignInLimit(limits);
    for (let attempt = 0; attempt < 2; attempt += 1) limit.recordAttempt('a', 'x', NOW);
    limit.recordSuccess('a', 'x');
    expect(limit.retryAfterSeconds('a', 'x', NOW)).toBe(0);
  });

  it('remembers a bounded number of names', () => {
    const limit = new SignInLimit(limits);
    for (let attempt = 0; attempt < 2; attempt += 1) limit.recordAttempt('victim', 'x', NOW);
    for (const account of ['b', 'c', 'd', 'e', 'f', 'g']) limit.recordAttempt(account, 'y', NOW);
    expect(limit.retryAfterSeconds('victim', 'z', NOW)).toBe(0);
  });
});
