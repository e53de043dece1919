import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect as connectPlain } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type ConnectionOptions } from 'node:tls';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';
import WebSocket from 'ws';

import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { TEST_CERTIFICATE, TEST_KEY } from '#test/chargers/tls-identity.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { settingsFrom } from './settings.js';
import { startGateway, type RunningGateway } from './start-gateway.js';
import { TlsPort } from './tls-port.js';

let database: TestDatabase;
let gateway: RunningGateway;
let folder = '';
let files: { readonly certificateFile: string; readonly keyFile: string };

beforeAll(async () => {
  database = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'chazemo-tls-'));
  files = { certificateFile: join(folder, 'cert.pem'), keyFile: join(folder, 'key.pem') };
  await Promise.all([writeFile(files.certificateFile, TEST_CERTIFICATE), writeFile(files.keyFile, TEST_KEY)]);
  await seedInstallation(database.sql, { chargers: ['zcs1', 'zcs2'] });
  await database.sql.updateTable('charger').set({ security_profile: 2 }).where('id', '=', 'zcs1').execute();
  const settings = { databaseUrl: database.url, host: '127.0.0.1', port: 0, tls: { port: 0, ...files } };
  gateway = await startGateway(settings, pino({ level: 'silent' }));
});
afterAll(async () => {
  await gateway.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

/** The first answer to a Heartbeat; rejects with what HTTP said. */
function heartbeat(scheme: 'ws' | 'wss', id: string, password = CHARGER_PASSWORD): Promise<unknown[]> {
  const port = scheme === 'ws' ? gateway.port : gateway.tlsPort;
  const authorization = `Basic ${Buffer.from(`${id}:${password}`).toString('base64')}`;
  const socket = new WebSocket(`${scheme}://127.0.0.1:${port}/ocpp/${id}`, ['ocpp1.6'], {
    ca: TEST_CERTIFICATE,
    headers: { authorization },
  });
  return new Promise((resolve, reject) => {
    socket.on('error', reject);
    socket.on('open', () => socket.send(JSON.stringify([2, 'h', 'Heartbeat', {}])));
    socket.on('message', (data: Buffer) => {
      socket.terminate();
      resolve(JSON.parse(data.toString()) as unknown[]);
    });
  });
}

/** The protocol that was agreed on; rejects when none was. */
function shake(options: ConnectionOptions): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port: gateway.tlsPort ?? 0, ca: TEST_CERTIFICATE, ...options }, () => {
      resolve(socket.getProtocol());
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

describe('the encrypted port', () => {
  it('is where a charger of profile 2 comes in; on the plain port it is refused', async () => {
    expect(await heartbeat('wss', 'zcs1')).toMatchObject([3, 'h', {}]);
    await expect(heartbeat('ws', 'zcs1')).rejects.toThrow('403');
    await expect(heartbeat('wss', 'zcs1', 'wrong')).rejects.toThrow('401');
  });

  it('is open to a charger of profile 1, too, which is raised by it when that is wanted', async () => {
    expect(await heartbeat('wss', 'zcs2')).toMatchObject([3, 'h', {}]);
    await database.sql.updateTable('charger').set({ wanted_profile: 2 }).where('id', '=', 'zcs2').execute();
    expect(await heartbeat('ws', 'zcs2')).toMatchObject([3, 'h', {}]);
    expect(await heartbeat('wss', 'zcs2')).toMatchObject([3, 'h', {}]);
    await expect(heartbeat('ws', 'zcs2')).rejects.toThrow('403');
  });

  it('speaks TLS 1.2 and 1.3 with the suites of OCPP, and nothing weaker', async () => {
    expect(await shake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-GCM-SHA256' })).toBe('TLSv1.2');
    expect(await shake({})).toBe('TLSv1.3');
    await expect(
      shake({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
    ).rejects.toThrow();
    await expect(shake({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256' })).rejects.toThrow();
  });

  it('bears what is no TLS at all, and hand-shakes that break off', async () => {
    for (const words of ['GET /ocpp/zcs1 HTTP/1.1\r\n\r\n', '\x16\x03\x01\xff\xff garbage', '']) {
      await new Promise<void>((resolve) => {
        const socket = connectPlain(gateway.tlsPort ?? 0, '127.0.0.1', () => socket.end(words));
        socket.on('error', () => resolve()).on('close', () => resolve());
        socket.resume();
      });
    }
    expect(await heartbeat('wss', 'zcs1')).toMatchObject([3, 'h', {}]);
  });
});

it('a renewed certificate is taken while the port is open; a pair that does not fit leaves the one of before', async () => {
  const port = await TlsPort.open(
    { port: 0, ...files },
    () => undefined,
    async () => [],
  );
  expect(await port.renew()).toBe(false);
  await writeFile(files.certificateFile, `${TEST_CERTIFICATE}\n`);
  expect(await port.renew()).toBe(true);
  await writeFile(files.keyFile, 'no key');
  await expect(port.renew()).rejects.toThrow();
  await writeFile(files.keyFile, TEST_KEY);
  expect(await port.renew()).toBe(false);
});

it('is configured whole or not at all', () => {
  const env = { DATABASE_URL: 'postgres://x', CHAZEMO_OCPP_TLS_PORT: '9443' };
  expect(() => settingsFrom(env)).toThrow('CHAZEMO_OCPP_TLS_CERT');
  expect(() =>
    settingsFrom({ ...env, CHAZEMO_OCPP_TLS_PORT: 'x', CHAZEMO_OCPP_TLS_CERT: 'c', CHAZEMO_OCPP_TLS_KEY: 'k' }),
  ).toThrow('CHAZEMO_OCPP_TLS_PORT is no port number');
  expect(() => settingsFrom({ DATABASE_URL: 'postgres://x', CHAZEMO_OCPP_TLS_PROXIES: 'proxy.local' })).toThrow(
    'proxy.local is no address',
  );
  expect(settingsFrom({ DATABASE_URL: 'postgres://x' }).tls).toBeNull();
});
