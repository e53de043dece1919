import { generateKeyPairSync } from 'node:crypto';

import { pino } from 'pino';
import type Stripe from 'stripe';

import { createApiToken } from '#libs/identity/api-tokens.js';
import type { Role } from '#libs/identity/permissions.js';
import { SIGN_IN_LIMITS, SignInLimit } from '#libs/identity/sign-in-limit.js';
import { createUser } from '#libs/identity/users.js';
import { openFiscalSigner } from '#libs/invoicing/fiscal/open-signer.js';
import type { Sql } from '#libs/persistence/database.js';
import { NoticeListener } from '#libs/persistence/notice-listener.js';

import { createApp } from '../app.js';
import { LiveHub } from '../live-hub.js';
import { readSettings } from '../settings.js';
import { FakeWorkflows } from './fake-workflows.js';

export const PASSWORD = 'um segredo de teste';
export const WEBHOOK_SECRET = 'whsec_test';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
  readonly text: string;
}

/** A client with its credentials; every method resolves whatever the status is. */
export interface Caller {
  readonly headers: Readonly<Record<string, string>>;
  get(path: string): Promise<Answer>;
  post(path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  put(path: string, body: unknown): Promise<Answer>;
}

export interface RunningApi {
  readonly url: string;
  readonly origin: string;
  readonly workflows: FakeWorkflows;
  wokenForwarder: number;
  call(path: string, init?: RequestInit): Promise<Answer>;
  /** Signs in by cookie. */
  user(role: Role, tenant?: { condominiumId?: string; customerId?: string }): Promise<Caller>;
  /** Holds a bearer token. */
  token(role: Role, condominiumId?: string): Promise<Caller>;
  stop(): Promise<void>;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The back office over a database of the test, on a free port, with faked workflows. */
export async function runApi(
  database: { url: string; sql: Sql },
  consoleFolder: string | null = null,
  stripe: Stripe | null = null,
): Promise<RunningApi> {
  const { sql, url: databaseUrl } = database;
  const log = pino({ level: 'silent' });
  const now = () => new Date();
  const workflows = new FakeWorkflows();
  const live = new LiveHub(sql, now, log);
  const listening = { onMessage: (text: string) => live.receive(text), onGap: () => live.restart() };
  const listener = new NoticeListener(databaseUrl, 'live', listening, log);
  const read = readSettings({
    DATABASE_URL: databaseUrl,
    CHAZEMO_SECRET: 'a secret for the tests',
    TEMPORAL_UI_URL: 'http://temporal.test:8080/',
    STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
    CHAZEMO_STRIPE_LABEL: 'a label',
  });
  let origin = '';
  // The address is known only when it listens; who comes back from the provider's page is led there.
  const settings = {
    ...read,
    get publicUrl() {
      return origin;
    },
  };
  const api = { wokenForwarder: 0 };
  const signer = openFiscalSigner({ CHAZEMO_FISCAL_KEY: madeKey(), CHAZEMO_FISCAL_KEY_VERSION: '2' });
  const signInLimit = new SignInLimit({ ...SIGN_IN_LIMITS, perAccount: 3 });
  const wakeForwarder = () => {
    api.wokenForwarder += 1;
  };
  const backoffice = { settings, sql, stripe, workflows, live, now, signer, signInLimit, wakeForwarder, consoleFolder };
  const app = await createApp(backoffice, log);
  await listener.start();
  await app.listen(0, '127.0.0.1');
  origin = (await app.getUrl()).replace('[::1]', '127.0.0.1');

  async function call(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await fetch(`${origin}${path}`, { redirect: 'manual', ...init });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: parsed(text), text };
  }
  const caller = (headers: Record<string, string>): Caller => ({
    headers,
    get: (path) => call(path, { headers }),
    post: (path, body, more) =>
      call(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', origin, ...headers, ...more },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    put: (path, body) =>
      call(path, {
        method: 'PUT',
        headers: { 'content-type': 'application/json', origin, ...headers },
        body: JSON.stringify(body),
      }),
  });
  let users = 0;
  return Object.assign(api, {
    url: origin,
    origin,
    workflows,
    call,
    async user(role: Role, tenant: { condominiumId?: string; customerId?: string } = {}) {
      users += 1;
      const email = `user-${users}@example.pt`;
      await createUser(sql, { email, name: `User ${users}`, password: PASSWORD, role, ...tenant });
      const headers = { 'content-type': 'application/json' };
      const signedIn = await call('/api/v1/session', {
        method: 'POST',
        headers,
        body: JSON.stringify({ email, password: PASSWORD }),
      });
      return caller({ cookie: (signedIn.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '' });
    },
    async token(role: Role, condominiumId?: string) {
      users += 1;
      const { token } = await createApiToken(sql, {
        name: `token-${users}`,
        role,
        condominiumId: condominiumId ?? null,
      });
      return caller({ authorization: `Bearer ${token}` });
    },
    async stop() {
      live.close();
      await listener.close();
      await app.close();
    },
  });
}

/** A signing key of this run alone, of another version than the documents that a test may have seeded. */
function madeKey(): string {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
