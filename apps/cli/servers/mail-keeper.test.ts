import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { createTransport } from 'nodemailer';

import { startMailKeeper, type MailKeeper } from './mail-keeper.js';

let folder: string;
let keeper: MailKeeper;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chazemo-mail-'));
  keeper = await startMailKeeper({ folder, now: () => new Date('2026-07-01T03:04:05.678Z') });
});

afterEach(async () => {
  await keeper.stop();
  rmSync(folder, { recursive: true });
});

const mail = { from: 'a@chazemo.example', to: 'b@chazemo.example', subject: 'Fatura', text: 'Olá' };

test('a message is kept as one file named by time and message id', async () => {
  await createTransport(keeper.url).sendMail({ ...mail, messageId: '<7@chazemo.example>' });
  expect(readdirSync(folder)).toEqual(['2026-07-01T030405678Z-7@chazemo.example.eml']);
  expect(readFileSync(join(folder, readdirSync(folder)[0] ?? ''), 'utf8')).toContain('Subject: Fatura');
});

test('a message id cannot lead out of the folder', async () => {
  await createTransport(keeper.url).sendMail({ ...mail, messageId: '<../../../evil@x>' });
  expect(readdirSync(folder)).toEqual(['2026-07-01T030405678Z-.._.._.._evil@x.eml']);
});

test('a message that comes again, also after a restart of the keeper, is accepted and kept once', async () => {
  const send = () => createTransport(keeper.url).sendMail({ ...mail, messageId: '<8@chazemo.example>' });
  await send();
  await send();
  await keeper.stop();
  keeper = await startMailKeeper({ folder, now: () => new Date('2026-07-02T00:00:00.000Z') });
  await send();
  expect(readdirSync(folder)).toEqual(['2026-07-01T030405678Z-8@chazemo.example.eml']);
});
