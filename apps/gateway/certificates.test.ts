import { X509Certificate } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import WebSocket from 'ws';

import { endSent, markSent } from '#libs/commands/command-state.js';
import type { Command } from '#libs/ocpp/commands.js';
import { authorityVault } from '#libs/persistence/secret-vault.js';
import { authorities, makeAuthority } from '#libs/security/ca/authority.js';
import { certificateOf, revokeCertificates } from '#libs/security/ca/charger-certificate.js';
import { lookAfterCertificates } from '#libs/security/ca/look-after-certificates.js';
import { answerRequest, openRequests } from '#libs/security/ca/sign-requests.js';
import { issueFrom, makeRoot, readCsr } from '#libs/security/ca/x509.js';
import { setProfile } from '#libs/security/charger-profile.js';
import { chargerKeys, type ChargerKeys } from '#test/chargers/charger-keys.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { TEST_CERTIFICATE, TEST_KEY } from '#test/chargers/tls-identity.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { Admission } from './admission.js';
import { CertifiedSessions } from './certified-sessions.js';
import { startGateway, type RunningGateway } from './start-gateway.js';

const vault = authorityVault('a secret for the tests');
const DAY_MS = 24 * 60 * 60_000;

let database: TestDatabase;
let gateway: RunningGateway;
let folder = '';
let now = new Date();

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'chazemo-ca-'));
  const files = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await Promise.all([writeFile(files.certificateFile, TEST_CERTIFICATE), writeFile(files.keyFile, TEST_KEY)]);
  await seedInstallation(database.sql, { chargers: Array.from({ length: 13 }, (_, index) => `zcs${index}`) });
  const settings = {
    databaseUrl: database.url,
    host: '127.0.0.1',
    port: 0,
    tls: { port: 0, ...files },
    now: () => now,
  };
  gateway = await startGateway(settings, pino({ level: 'silent' }));
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

interface Coming {
  readonly password?: string;
  readonly keys?: ChargerKeys;
  readonly certificate?: string;
  readonly protocol?: string;
}

/** Comes over TLS, says one thing and goes: the answer; rejects with what HTTP said. */
function say(
  id: string,
  { password, keys, certificate, protocol = 'ocpp1.6' }: Coming,
  call: readonly [string, object] = ['Heartbeat', {}],
): Promise<unknown> {
  const socket = new WebSocket(`wss://127.0.0.1:${gateway.tlsPort}/ocpp/${id}`, [protocol], {
    ca: TEST_CERTIFICATE,
    ...(certificate === undefined ? {} : { cert: certificate, key: keys?.key }),
    headers:
      password === undefined ? {} : { authorization: `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}` },
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify([2, Math.random().toString(36).slice(2), ...call])));
    socket.on('message', (data: Buffer) => {
      socket.terminate();
      resolve((JSON.parse(data.toString()) as unknown[])[2]);
    });
  });
}

const look = () =>
  lookAfterCertificates(
    {
      sql: database.sql,
      vault,
      onError: (error) => {
        throw error;
      },
    },
    now,
  );

/** The charger takes whatever it was asked. */
async function carry(id: string, status: 'accepted' | 'rejected' = 'accepted'): Promise<Command[]> {
  const rows = await database.sql
    .selectFrom('charger_command')
    .select(['id', 'request'])
    .where('charger_id', '=', id)
    .where('state', '=', 'waiting')
    .orderBy('id')
    .execute();
  for (const { id: commandId } of rows) {
    await markSent(database.sql, { commandId, protocol: 'ocpp1.6', now });
    await endSent(database.sql, { commandId, state: 'answered', now, result: { status } });
  }
  return rows.map(({ request }) => request as unknown as Command);
}

const kinds = (commands: readonly Command[]): string[] => commands.map(({ kind }) => kind);
const chainOf = (commands: readonly Command[]): string => {
  const signed = commands.find((one) => one.kind === 'certificate-signed');
  if (signed?.kind !== 'certificate-signed') throw new Error('nothing was signed');
  return signed.chain;
};
const byPassword = { password: CHARGER_PASSWORD };
const profileOf = (id: string) =>
  database.sql
    .selectFrom('charger')
    .select(['security_profile as profile', 'wanted_profile as wanted'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

/** From the first request to a certificate in hand. */
async function certified(id: string): Promise<{ readonly keys: ChargerKeys; readonly certificate: string }> {
  const keys = await chargerKeys(id.toUpperCase());
  expect(await say(id, byPassword, ['SignCertificate', { csr: keys.csr }])).toEqual({ status: 'Accepted' });
  await look();
  await carry(id); // the root
  await look();
  return { keys, certificate: chainOf(await carry(id)) };
}

const raise = (id: string) =>
  database.sql.transaction().execute((trx) => setProfile(trx, { chargerId: id, profile: 3 }));

describe('a charger that is raised from profile 2 to 3', () => {
  it('is given the root, asked for a request, given a certificate, and held to it once it has come with it', async () => {
    await database.sql.updateTable('charger').set({ security_profile: 2 }).where('id', '=', 'zcs0').execute();
    await raise('zcs0');
    await look();
    expect(kinds(await carry('zcs0'))).toEqual(['install-certificate']);
    await look();
    expect(await carry('zcs0')).toMatchObject([{ kind: 'trigger-message', message: 'sign-charger-certificate' }]);
    const keys = await chargerKeys('zcs0', { kind: 'RSA-2048' });
    expect(await say('zcs0', byPassword, ['SignCertificate', { csr: keys.csr }])).toEqual({ status: 'Accepted' });
    await look();
    const certificate = chainOf(await carry('zcs0'));
    expect(await certificateOf(database.sql, 'zcs0', now)).toMatchObject({ state: 'taken' });
    expect(await profileOf('zcs0')).toEqual({ profile: 2, wanted: 3 });
    expect(await say('zcs0', byPassword)).toHaveProperty('currentTime'); // not yet
    expect(await say('zcs0', { keys, certificate })).toHaveProperty('currentTime');
    expect(await profileOf('zcs0')).toEqual({ profile: 3, wanted: null });
    expect(await certificateOf(database.sql, 'zcs0', now)).toMatchObject({ state: 'in-use', refusal: null });
    await expect(say('zcs0', byPassword)).rejects.toThrow('403'); // no way back by itself
    await look();
    expect(await carry('zcs0')).toEqual([]);
  });

  it('of 2.0.1 is answered likewise; a certificate for ISO 15118 is not ours to give', async () => {
    const { csr } = await chargerKeys('zcs1');
    const coming = { ...byPassword, protocol: 'ocpp2.0.1' };
    const asked = (certificateType: string) => say('zcs1', coming, ['SignCertificate', { csr, certificateType }]);
    expect(await asked('V2GCertificate')).toEqual({ status: 'Rejected' });
    expect(await asked('ChargingStationCertificate')).toEqual({ status: 'Accepted' });
  });

  it('that asks in another name is told Rejected, and a person sees why', async () => {
    const { csr } = await chargerKeys('zcs3');
    expect(await say('zcs2', byPassword, ['SignCertificate', { csr }])).toEqual({ status: 'Rejected' });
    await look();
    expect(await certificateOf(database.sql, 'zcs2', now)).toMatchObject({
      state: 'none',
      refusal: { code: 'CSR.WRONG_NAME' },
    });
  });

  it('gets nothing before it knows the root, and nothing at all when it will not have it', async () => {
    const { csr } = await chargerKeys('zcs3');
    await say('zcs3', byPassword, ['SignCertificate', { csr }]);
    await look();
    await look();
    expect(kinds(await carry('zcs3', 'rejected'))).toEqual(['install-certificate']);
    await look();
    expect(await carry('zcs3')).toEqual([]);
    expect(await certificateOf(database.sql, 'zcs3', now)).toMatchObject({
      refusal: { code: 'REQUEST.ROOT_NOT_INSTALLED' },
    });
  });
});

describe('what is issued', () => {
  it('is one certificate and one command, whatever is killed in between, and however many look at once', async () => {
    const { csr } = await chargerKeys('zcs4');
    await say('zcs4', byPassword, ['SignCertificate', { csr }]);
    await look();
    await carry('zcs4');
    await lookAfterCertificates(
      {
        sql: database.sql,
        vault: {
          ...vault,
          open: () => {
            throw new Error('killed');
          },
        },
        onError: () => undefined,
      },
      now,
    );
    const [messageId = 0] = await openRequests(database.sql);
    const killed = database.sql.transaction().execute(async (trx) => {
      await answerRequest(trx, { messageId, vault, now });
      throw new Error('killed');
    });
    await expect(killed).rejects.toThrow('killed');
    expect(await certificateOf(database.sql, 'zcs4', now)).toMatchObject({ serial: null, state: 'asked' });
    await Promise.all([look(), look(), look()]);
    expect(kinds(await carry('zcs4'))).toEqual(['certificate-signed']);
    const issued = () =>
      database.sql.selectFrom('charger_certificate').select('serial').where('charger_id', '=', 'zcs4').execute();
    expect(await issued()).toHaveLength(1);
    await say('zcs4', byPassword, ['SignCertificate', { csr }]); // it never heard the answer
    await look();
    expect(kinds(await carry('zcs4'))).toEqual(['certificate-signed']);
    expect(await issued()).toHaveLength(1);
  });

  it('is for the last of several requests, and no more than ten a day', async () => {
    const asked = async () => {
      const { csr } = await chargerKeys('zcs4');
      return say('zcs4', byPassword, ['SignCertificate', { csr }]);
    };
    await asked();
    await asked();
    await look();
    expect(kinds(await carry('zcs4'))).toEqual(['certificate-signed']);
    const row = { charger_id: 'zcs4', csr_digest: 'x', state: 'issued', asked_at: now, ended_at: now };
    const many = Array.from({ length: 10 }, (_, index) => ({ ...row, message_id: -1 - index }));
    await database.sql.insertInto('certificate_request').values(many).execute();
    expect(await asked()).toEqual({ status: 'Accepted' });
    await look();
    expect(await carry('zcs4')).toEqual([]);
    expect(await certificateOf(database.sql, 'zcs4', now)).toMatchObject({ refusal: { code: 'REQUEST.TOO_MANY' } });
  });

  it('is kept with no key in clear', async () => {
    const rows = await database.sql.selectFrom('certificate_authority').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(rows[0]?.sealed_key).toMatch(/^v1\./);
    expect(JSON.stringify(rows)).not.toContain('PRIVATE KEY');
  });
});

describe('a certificate', () => {
  const refusals = (id: string) =>
    database.sql
      .selectFrom('connection_refusal')
      .select('reason')
      .where('charge_point_id', 'in', [id, id.toUpperCase()])
      .execute();
  const told = async (id: string): Promise<string[]> => {
    for (let tries = 0; tries < 100; tries += 1) {
      const found = await refusals(id);
      if (found.length > 0) return found.map(({ reason }) => reason);
      await new Promise((resolve) => {
        setTimeout(resolve, 100);
      });
    }
    return [];
  };
  const hold = (id: string) =>
    database.sql.updateTable('charger').set({ security_profile: 3 }).where('id', '=', id).execute();

  it('of another charger, of a foreign CA, or of nobody is not good', async () => {
    const other = await certified('zcs5');
    await hold('zcs6');
    await expect(say('zcs6', other)).rejects.toThrow('403');
    expect(await told('zcs6')).toEqual(['certificate-other-name']);
    await hold('zcs7');
    const keys = await chargerKeys('zcs7');
    const root = await makeRoot('ChaZeMo CA', { notBefore: now, notAfter: new Date(now.getTime() + DAY_MS) });
    const publicKey = (await readCsr(keys.csr))?.publicKey ?? '';
    const subject = {
      name: 'zcs7',
      organization: null,
      publicKey,
      notBefore: now,
      notAfter: new Date(now.getTime() + DAY_MS),
    };
    const foreign = await issueFrom(root, subject);
    await expect(say('zcs7', { keys, certificate: foreign.certificate, ...byPassword })).rejects.toThrow('403');
    expect(await told('zcs7')).toEqual(['certificate-foreign']);
    await hold('zcs8');
    await expect(say('zcs8', byPassword)).rejects.toThrow('403');
    expect(await told('zcs8')).toEqual(['no-certificate']);
  });

  it('of the maker does no harm to a charger that needs none', async () => {
    const keys = await chargerKeys('zcs2');
    const span = { notBefore: now, notAfter: new Date(now.getTime() + DAY_MS) };
    const root = await makeRoot('Maker', span);
    const publicKey = (await readCsr(keys.csr))?.publicKey ?? '';
    const { certificate } = await issueFrom(root, { name: 'x', organization: null, publicKey, ...span });
    expect(await say('zcs2', { keys, certificate, ...byPassword })).toHaveProperty('currentTime');
    await expect(say('zcs2', { keys, certificate })).rejects.toThrow('401');
  });

  it('that was revoked is refused, and its key gets no other', async () => {
    const held = await certified('zcs9');
    await hold('zcs9');
    expect(await say('zcs9', held)).toHaveProperty('currentTime');
    const revocation = { chargerId: 'zcs9', by: 'a@example.pt', because: 'stolen', now };
    const revoke = () => database.sql.transaction().execute((trx) => revokeCertificates(trx, revocation));
    expect(await revoke()).toHaveProperty('ok');
    expect(await revoke()).toEqual({ refused: { code: 'CERTIFICATE.NONE_GOOD' } });
    await expect(say('zcs9', held)).rejects.toThrow('403');
    expect(await told('zcs9')).toEqual(['certificate-revoked']);
    await database.sql.updateTable('charger').set({ security_profile: 2 }).where('id', '=', 'zcs9').execute();
    await say('zcs9', byPassword, ['SignCertificate', { csr: await held.keys.again() }]);
    await look();
    expect(await certificateOf(database.sql, 'zcs9', now)).toMatchObject({
      state: 'revoked',
      refusal: { code: 'REQUEST.KEY_REVOKED' },
    });
  });

  it('that was revoked ends the session that came by it, also of a charger that a password would do for', async () => {
    const { certificate } = await certified('zcs12');
    expect(await profileOf('zcs12')).toMatchObject({ profile: 1 });
    const { sql } = database;
    const admitted = await new Admission(sql, () => now).judge({
      identity: 'ZCS12',
      chargerId: 'zcs12',
      protocol: 'ocpp1.6',
      password: null,
      isEncrypted: true,
      certificate: new X509Certificate(certificate).raw,
      enrolment: null,
    });
    if (!('certificateId' in admitted) || admitted.certificateId === null) throw new Error('it came by something else');
    const sessions = new CertifiedSessions();
    sessions.note(admitted.certificateId, 'zcs12');
    const dropped: string[] = [];
    const drop = (chargerId: string): boolean => dropped.push(chargerId) > 1;
    await sessions.dropRevoked(sql, drop);
    expect(dropped).toEqual([]);
    const revocation = { chargerId: 'zcs12', by: 'a@example.pt', because: 'stolen', now };
    await sql.transaction().execute((trx) => revokeCertificates(trx, revocation));
    await sessions.dropRevoked(sql, drop); // its socket is not open yet: it is looked for again
    await sessions.dropRevoked(sql, drop);
    await sessions.dropRevoked(sql, drop); // who has come in since then, by other means, stays
    expect(dropped).toEqual(['zcs12', 'zcs12']);
  });

  it('that has ended is refused; it is renewed before', async () => {
    const held = await certified('zcs10');
    await hold('zcs10');
    expect(await say('zcs10', held)).toHaveProperty('currentTime');
    const today = now;
    now = new Date(today.getTime() + 340 * DAY_MS);
    await look();
    expect(await carry('zcs10')).toMatchObject([{ kind: 'trigger-message', message: 'sign-charger-certificate' }]);
    await look();
    expect(await carry('zcs10')).toEqual([]); // once a day
    now = new Date(today.getTime() + 366 * DAY_MS);
    await expect(say('zcs10', held)).rejects.toThrow('403');
    expect(await told('zcs10')).toEqual(['certificate-expired']);
    now = today;
  });
});

it('a new root is installed first; certificates of both are good until nobody has one of the old', async () => {
  const old = await certified('zcs11');
  await database.sql.updateTable('charger').set({ security_profile: 3 }).where('id', '=', 'zcs11').execute();
  expect(await say('zcs11', old)).toHaveProperty('currentTime');
  await database.sql.transaction().execute((trx) => makeAuthority(trx, { by: 'a@example.pt', now, vault }));
  await look();
  expect(kinds(await carry('zcs11'))).toEqual(['install-certificate']);
  now = new Date(now.getTime() + DAY_MS);
  await look();
  expect(kinds(await carry('zcs11'))).toEqual(['trigger-message']);
  const keys = await chargerKeys('zcs11');
  expect(await say('zcs11', old, ['SignCertificate', { csr: keys.csr }])).toEqual({ status: 'Accepted' });
  await look();
  const fresh = { keys, certificate: chainOf(await carry('zcs11')) };
  expect(await say('zcs11', old)).toHaveProperty('currentTime');
  expect(await say('zcs11', fresh)).toHaveProperty('currentTime');
  expect((await authorities(database.sql, now)).map(({ retiredAt }) => retiredAt !== null)).toEqual([false, false]);
  await database.sql
    .updateTable('charger_certificate')
    .set({ closed_at: now })
    .where('charger_id', '<>', 'zcs11')
    .execute();
  await look();
  expect((await authorities(database.sql, now)).map(({ retiredAt }) => retiredAt !== null)).toEqual([false, true]);
  await expect(say('zcs11', old)).rejects.toThrow('403');
  expect(await say('zcs11', fresh)).toHaveProperty('currentTime');
});
