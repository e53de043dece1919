import type { AddressInfo } from 'node:net';

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { sql as raw } from 'kysely';
import { SMTPServer } from 'smtp-server';

import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';

import { queueMail, type MailDraft } from './queue-mail.js';
import { openTransport, sendMail } from './send-mail.js';

const FROM = 'ChaZeMo <suporte@chazemo.com>';
const DRAFT: MailDraft = {
  key: 'prenotification/1',
  recipient: 'ana@example.org',
  subject: 'Fatura FT CZM2026/1 – 98,87 €',
  body: 'A sua fatura será debitada em 15/07/2026.\n',
};

/** A real SMTP server; refuses the first `failures` messages after their data. */
async function openSmtp(failures = 0) {
  const received: string[] = [];
  let left = failures;
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        if (left > 0) {
          left -= 1;
          done(Object.assign(new Error('mailbox is full'), { responseCode: 452 }));
          return;
        }
        received.push(Buffer.concat(chunks).toString('utf8'));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.server.address() as AddressInfo;
  return {
    received,
    url: `smtp://127.0.0.1:${port}`,
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

let database: TestDatabase;
beforeEach(async () => {
  database = await createTestDatabase();
});
afterEach(() => database.drop());

const queue = (draft: MailDraft) => database.sql.transaction().execute((trx) => queueMail(trx, draft));
const mailRow = (id: string) =>
  database.sql.selectFrom('mail').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

describe('queueMail', () => {
  it('queues once by key, also when asked by five at once', async () => {
    const results = await Promise.all(Array.from({ length: 5 }, () => queue(DRAFT)));
    expect(results.filter(({ queued }) => queued)).toHaveLength(1);
    expect(new Set(results.map(({ mailId }) => mailId)).size).toBe(1);
    expect(await database.sql.selectFrom('mail').select('id').execute()).toHaveLength(1);
  });

  it('is gone with the transaction that decided it', async () => {
    const lost = database.sql.transaction().execute(async (trx) => {
      await queueMail(trx, DRAFT);
      throw new Error('rolled back');
    });
    await expect(lost).rejects.toThrow('rolled back');
    expect((await queue(DRAFT)).queued).toBe(true);
  });

  it('keeps a line break in a name out of the headers', async () => {
    const { mailId } = await queue({ ...DRAFT, subject: 'Fatura\r\nBcc: all@example.org' });
    expect((await mailRow(mailId)).subject).toBe('Fatura Bcc: all@example.org');
  });
});

describe('sendMail', () => {
  it('sends text and attachments with a Message-ID of the mail', async () => {
    const smtp = await openSmtp();
    const transport = openTransport(smtp.url);
    try {
      const file = await database.sql
        .insertInto('stored_file')
        .values({
          key: 'invoice-pdf/1',
          file_name: 'FT-CZM2026-1.pdf',
          content_type: 'application/pdf',
          sha256: 'x',
          bytes: Buffer.from('%PDF-1.3 test'),
        })
        .returning('id')
        .executeTakeFirstOrThrow();
      const { mailId } = await queue({ ...DRAFT, attachmentIds: [file.id] });
      await sendMail({ sql: database.sql, transport, from: FROM }, mailId);

      expect(smtp.received).toHaveLength(1);
      const message = smtp.received[0] ?? '';
      expect(message).toContain(`Message-ID: <${mailId}@chazemo.com>`);
      expect(message).toContain('To: ana@example.org');
      expect(message).toContain('filename=FT-CZM2026-1.pdf');
      expect(message).toContain(Buffer.from('%PDF-1.3 test').toString('base64'));
      const row = await mailRow(mailId);
      expect(row).toMatchObject({ attempts: 1, last_error: null, server_answer: expect.stringMatching(/^250 /) });
      expect(row.sent_at).toBeInstanceOf(Date);
      expect(row.receipt).toMatchObject({
        messageId: `<${mailId}@chazemo.com>`,
        accepted: ['ana@example.org'],
        rejected: [],
      });
    } finally {
      transport.close();
      await smtp.close();
    }
  });

  it('sends once however many senders there are', async () => {
    const smtp = await openSmtp();
    const transport = openTransport(smtp.url);
    try {
      const { mailId } = await queue(DRAFT);
      const sender = { sql: database.sql, transport, from: FROM };
      await Promise.all(Array.from({ length: 4 }, () => sendMail(sender, mailId)));
      await sendMail(sender, mailId);
      expect(smtp.received).toHaveLength(1);
      expect((await mailRow(mailId)).attempts).toBe(1);
    } finally {
      transport.close();
      await smtp.close();
    }
  });

  it('keeps the row with its error when the server refuses, and sends it the next time', async () => {
    const smtp = await openSmtp(1);
    const transport = openTransport(smtp.url);
    try {
      const { mailId } = await queue(DRAFT);
      const sender = { sql: database.sql, transport, from: FROM };
      await expect(sendMail(sender, mailId)).rejects.toThrow('mailbox is full');
      const failed = await mailRow(mailId);
      expect(failed).toMatchObject({ attempts: 1, sent_at: null });
      expect(failed.last_error).toContain('mailbox is full');

      await sendMail(sender, mailId);
      expect(await mailRow(mailId)).toMatchObject({ attempts: 2, last_error: null });
      expect(smtp.received).toHaveLength(1);
    } finally {
      transport.close();
      await smtp.close();
    }
  });

  it('sends once when the database goes away just after the server took the mail', async () => {
    const { mailId } = await queue(DRAFT);
    let sent = 0;
    const transport = {
      sendMail: async () => {
        sent += 1;
        await database.asOwner(({ sql }) =>
          raw`select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()`.execute(sql),
        );
      },
      close: () => undefined,
    };
    const sender = { sql: database.sql, transport, from: FROM };
    await sendMail(sender, mailId);
    await sendMail(sender, mailId);
    expect(sent).toBe(1);
    expect(await mailRow(mailId)).toMatchObject({ attempts: 1, last_error: null, sent_at: expect.any(Date) });
  });

  it('keeps the row with its error when nobody listens', async () => {
    const smtp = await openSmtp();
    await smtp.close();
    const transport = openTransport(smtp.url);
    const { mailId } = await queue(DRAFT);
    await expect(sendMail({ sql: database.sql, transport, from: FROM }, mailId)).rejects.toThrow('was not sent');
    expect((await mailRow(mailId)).last_error).toContain('ECONNREFUSED');
    transport.close();
  });

  it('refuses a URL that is not SMTP and a mail that does not exist', async () => {
    expect(() => openTransport('http://127.0.0.1')).toThrow('is no SMTP URL');
    const transport = openTransport('smtp://127.0.0.1:1');
    const unknown = '00000000-0000-0000-0000-000000000000';
    await expect(sendMail({ sql: database.sql, transport, from: FROM }, unknown)).rejects.toThrow('no mail');
    transport.close();
  });
});
