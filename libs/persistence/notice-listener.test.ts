import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';
import { pino } from 'pino';

import { CuttableProxy } from '#test/chargers/cuttable-proxy.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { NoticeListener } from './notice-listener.js';

let database: TestDatabase;
let proxy: CuttableProxy;
let url: string;
beforeAll(async () => {
  database = await createTestDatabase();
  const target = new URL(database.url);
  proxy = new CuttableProxy({ host: target.hostname, port: Number(target.port) });
  await proxy.mend();
  target.port = String(proxy.port);
  url = target.href;
});
afterAll(async () => {
  await proxy.cut();
  await database.drop();
});

it('listens again after a connection that went silent without a word, and says that it may have missed something', async () => {
  const heard = Promise.withResolvers<string>();
  const gap = Promise.withResolvers<void>();
  const listening = { onMessage: (text: string) => heard.resolve(text), onGap: () => gap.resolve() };
  const pace = { askEveryMs: 300, silenceMs: 100 };
  const listener = new NoticeListener(url, 'news', listening, pino({ level: 'silent' }), pace);
  try {
    await listener.start();
    await new Promise((resolve) => setTimeout(resolve, 500)); // long enough for an idle connection to be looked at
    proxy.silence();
    await new Promise((resolve) => setTimeout(resolve, 800));
    await proxy.mend();
    await gap.promise;
    await raw`select pg_notify('news', 'again')`.execute(database.sql);
    expect(await heard.promise).toBe('again');
  } finally {
    await listener.close();
  }
});
