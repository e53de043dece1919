import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import pino from 'pino';

import { queueMail } from '#libs/notifications/queue-mail.js';
import { queueMailAgain, type SendAgainOrder } from '#libs/notifications/send-again.js';
import { sendMail, type MailTransport } from '#libs/notifications/send-mail.js';
import type { Sql } from '#libs/persistence/database.js';
import { seedGoldenJune } from '#test/data/documents.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { sendUnattendedOnce } from './unattended-mails.js';

const FROM = 'ChaZeMo <suporte@chazemo.com>';
const DRAFT = { recipient: 'gestor@example.pt', subject: 'Relatório de junho de 2026', body: 'Segue o relatório.\n' };
const log = pino({ level: 'silent' });

let database: TestDatabase;
let installationId: string;
let sent: string[];
let failure: Error | null;

/** Takes every message, but for those before a failure is mended. */
const transport: MailTransport = {
  sendMail: (message) => {
    if (failure !== null) return Promise.reject(failure);
    sent.push(String(message.to));
    return Promise.resolve({ response: '250 OK', accepted: [message.to], rejected: [] });
  },
  close: () => undefined,
};

const transact = <T>(run: (trx: Sql) => Promise<T>) => database.sql.transaction().execute(run);
const inMs = (ms: number) => new Date(Date.now() + ms);
const look = (now = inMs(1_000)) =>
  sendUnattendedOnce({ sql: database.sql, mail: { transport, from: FROM }, log, now: () => now });
const again = (order: Partial<SendAgainOrder> & { mailId: string }) =>
  transact((trx) => queueMailAgain(trx, { key: 'pressed', recipient: null, ...order }));
const mail = (id: string) => database.sql.selectFrom('mail').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

async function original(key = 'manager-report/june'): Promise<string> {
  const { mailId } = await transact((trx) => queueMail(trx, { ...DRAFT, key, installationId }));
  await sendMail({ sql: database.sql, transport, from: FROM }, mailId);
  return mailId;
}

async function copyOf(mailId: string, key = 'pressed'): Promise<string> {
  const done = await again({ mailId, key });
  if ('refused' in done) throw new Error(done.refused.code);
  return done.copyId;
}

beforeEach(async () => {
  database = await createTestDatabase();
  const { cycleId } = await seedGoldenJune(database.sql);
  const cycle = await database.sql
    .selectFrom('billing_cycle')
    .where('id', '=', cycleId)
    .select('installation_id')
    .executeTakeFirstOrThrow();
  installationId = cycle.installation_id;
  await database.sql.updateTable('condominium').set({ manager_email: DRAFT.recipient }).execute();
  sent = [];
  failure = null;
});
afterEach(() => database.drop());

describe('the manager’s mail', () => {
  it('is never sent twice unasked, however often somebody looks', async () => {
    await original();
    await Promise.all([look(), look(), look()]);
    expect(sent).toEqual([DRAFT.recipient]);
  });

  it('is sent once more when a person asks: once per press, with the server’s receipt on the copy', async () => {
    const mailId = await original();
    const copyId = await copyOf(mailId);
    expect(await again({ mailId })).toMatchObject({ copyId, queued: false });
    await Promise.all([look(), look(), look()]);
    await look();
    expect(sent).toHaveLength(2);
    const copy = await mail(copyId);
    expect(copy).toMatchObject({ subject: DRAFT.subject, body: DRAFT.body, server_answer: '250 OK' });
    expect(copy.receipt).toMatchObject({ accepted: [DRAFT.recipient], rejected: [] });
    await copyOf(mailId, 'pressed again');
    await look();
    expect(sent).toHaveLength(3);
  });

  it('goes to the address that is kept now, or to the one that is named', async () => {
    const mailId = await original();
    await database.sql.updateTable('condominium').set({ manager_email: 'nova@example.pt' }).execute();
    await copyOf(mailId);
    await again({ mailId, key: 'named', recipient: 'tesoureiro@example.pt' });
    await look();
    expect(sent).toEqual([DRAFT.recipient, 'nova@example.pt', 'tesoureiro@example.pt']);
  });

  it('is not copied while it is still tried, nor is any other letter', async () => {
    const { mailId } = await transact((trx) => queueMail(trx, { ...DRAFT, key: 'manager-report/july' }));
    expect(await again({ mailId })).toEqual({ refused: { code: 'MAIL.NOT_SENT_YET' } });
    const letterId = await original('arrears/1/formal-notice');
    expect(await again({ mailId: letterId })).toEqual({ refused: { code: 'MAIL.ONLY_ONCE' } });
    expect(await again({ mailId: crypto.randomUUID() })).toEqual({ refused: { code: 'MAIL.NOT_FOUND' } });
  });

  it('is tried later when the server is away, and not any more when it is refused for good', async () => {
    const copyId = await copyOf(await original());
    failure = Object.assign(new Error('connection refused'), { code: 'ECONNECTION' });
    await look();
    await look();
    expect(await mail(copyId)).toMatchObject({ attempts: 1, last_error: 'connection refused', sent_at: null });
    failure = Object.assign(new Error('550 no such user'), { responseCode: 550 });
    await look(inMs(16_000));
    failure = null;
    await look(inMs(86_400_000));
    expect(await mail(copyId)).toMatchObject({ last_error: '550 no such user', sent_at: null });
    expect(sent).toHaveLength(1);
  });
});

it('a letter on a debt that was handed over goes out, though its case and workflow have ended; others wait for theirs', async () => {
  for (const key of ['arrears/d/handed-over/1', 'arrears/d/reminder', 'prenotification/d']) {
    await transact((trx) => queueMail(trx, { ...DRAFT, key, installationId, recipient: `${key}@example.pt` }));
  }
  await look();
  await look();
  expect(sent).toEqual(['arrears/d/handed-over/1@example.pt']);
});
