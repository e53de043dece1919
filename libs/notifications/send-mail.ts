import { setTimeout as sleep } from 'node:timers/promises';

import { sql as raw } from 'kysely';
import { createTransport, type SendMailOptions, type Transporter } from 'nodemailer';

import type { Sql } from '../persistence/database.js';
import type { MailReceipt } from './mail.entity.js';

/** What sending needs of a transport; nodemailer's fits. */
export interface MailTransport {
  sendMail(message: SendMailOptions): Promise<unknown>;
  close(): void;
}

/** How long a mail that the server took is tried to be marked as sent when the database went away meanwhile. */
const MARK_WITHIN_MS = 45_000;
const MARK_AGAIN_MS = 250;
const CONNECTION_TIMEOUT_MS = 10_000;
const SOCKET_TIMEOUT_MS = 30_000;

/** Opens an SMTP transport for `smtp://user:password@host:port` or `smtps://…`. Nothing is connected before a send. */
export function openTransport(smtpUrl: string): Transporter {
  const { protocol } = new URL(smtpUrl);
  if (protocol !== 'smtp:' && protocol !== 'smtps:') throw new Error(`${protocol}// is no SMTP URL`);
  return createTransport({
    url: smtpUrl,
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    greetingTimeout: CONNECTION_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
  });
}

export interface MailSender {
  readonly sql: Sql;
  readonly transport: MailTransport;
  /** `ChaZeMo <suporte@chazemo.com>` */
  readonly from: string;
}

interface MailRow {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly attachment_ids: readonly string[];
  readonly created_at: Date;
}

/**
 * Sends a queued mail and marks it sent. The row is locked meanwhile, so of two senders one sends and the other finds
 * it done. When sending fails the row keeps the error and the count, and this rejects, so that the caller tries
 * again. A database that goes away while the server takes the mail is waited for. Only a crash of this process between
 * the server's acceptance and our commit can send twice: both then carry the same Message-ID, by which mail systems drop
 * the second. What the server answered is kept with the mail; where it can report on delivery (DSN, RFC 3461), it is
 * asked to when delivery fails or is late.
 */
export async function sendMail(sender: MailSender, mailId: string): Promise<void> {
  const seen: Acceptance = { isAccepted: false, answer: null, receipt: null };
  const failure = await sendLocked(sender, mailId, seen).catch(async (error: unknown) => {
    if (!seen.isAccepted) throw error;
    await markSentPatiently(sender.sql, mailId, seen);
    return null;
  });
  if (failure !== null) throw new Error(`mail ${mailId} was not sent: ${failure.message}`, { cause: failure });
}

/** What is known of a mail when the database goes away: whether the server took it, and its words. */
interface Acceptance {
  isAccepted: boolean;
  answer: string | null;
  receipt: MailReceipt | null;
}

async function sendLocked(sender: MailSender, mailId: string, seen: Acceptance): Promise<Error | null> {
  return sender.sql.transaction().execute(async (trx) => {
    const mail = await trx.selectFrom('mail').selectAll().where('id', '=', mailId).forUpdate().executeTakeFirst();
    if (mail === undefined) throw new Error(`no mail ${mailId}`);
    if (mail.sent_at !== null) return null;
    const { error, answer, receipt } = await trySend(sender, trx, mail);
    seen.isAccepted = error === null;
    seen.answer = answer;
    seen.receipt = receipt;
    await markTried(trx, mailId, { error, answer, receipt });
    return error;
  });
}

interface Tried {
  readonly error: Error | null;
  readonly answer: string | null;
  readonly receipt: MailReceipt | null;
}

async function markTried(sql: Sql, mailId: string, { error, answer, receipt }: Tried): Promise<void> {
  await sql
    .updateTable('mail')
    .set(({ eb, fn }) => ({
      attempts: eb('attempts', '+', 1),
      sent_at: error === null ? fn<Date>('clock_timestamp') : null,
      last_error: error === null ? null : error.message,
      server_answer: answer,
      receipt: receipt === null ? null : raw<MailReceipt>`${JSON.stringify(receipt)}::jsonb`,
    }))
    .where('id', '=', mailId)
    .where('sent_at', 'is', null)
    .execute();
}

async function markSentPatiently(sql: Sql, mailId: string, { answer, receipt }: Acceptance): Promise<void> {
  for (const until = Date.now() + MARK_WITHIN_MS; ;) {
    try {
      return await markTried(sql, mailId, { error: null, answer, receipt });
    } catch (error) {
      if (Date.now() > until) throw error;
      await sleep(MARK_AGAIN_MS);
    }
  }
}

async function trySend(sender: MailSender, trx: Sql, mail: MailRow): Promise<Tried> {
  const attachments = await loadAttachments(trx, mail.attachment_ids);
  try {
    const messageId = `<${mail.id}@${domainOf(sender.from)}>`;
    const sent = await sender.transport.sendMail({
      from: sender.from,
      to: mail.recipient,
      subject: mail.subject,
      text: mail.body,
      date: mail.created_at,
      messageId,
      dsn: { id: mail.id, return: 'headers', notify: ['failure', 'delay'], recipient: addressOf(sender.from) },
      attachments,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    return { error: null, answer: answerOf(sent), receipt: receiptOf(sent, mail, messageId) };
  } catch (error) {
    return { error: error instanceof Error ? error : new Error(String(error)), answer: null, receipt: null };
  }
}

/** nodemailer's SMTP transport tells the server's last reply as `response`; a transport that keeps files has none. */
function answerOf(sent: unknown): string | null {
  const { response } = (typeof sent === 'object' && sent !== null ? sent : {}) as { readonly response?: unknown };
  return typeof response === 'string' ? response.slice(0, 500) : null;
}

function receiptOf(sent: unknown, { recipient }: MailRow, messageId: string): MailReceipt {
  const said = typeof sent === 'object' && sent !== null ? sent : {};
  const texts = (value: unknown) => (Array.isArray(value) ? value.map(String) : null);
  return {
    messageId,
    accepted: texts('accepted' in said ? said.accepted : null) ?? [recipient],
    rejected: texts('rejected' in said ? said.rejected : null) ?? [],
  };
}

const addressOf = (from: string): string => /<([^>]+)>/.exec(from)?.[1] ?? from;

async function loadAttachments(trx: Sql, ids: readonly string[]) {
  if (ids.length === 0) return [];
  const files = await trx.selectFrom('stored_file').selectAll().where('id', 'in', ids).execute();
  return ids.map((id) => {
    const file = files.find((stored) => stored.id === id);
    if (file === undefined) throw new Error(`no stored file ${id}`);
    return { filename: file.file_name, contentType: file.content_type, content: Buffer.from(file.bytes) };
  });
}

function domainOf(from: string): string {
  return /@([^\s>]+)/.exec(from)?.[1] ?? 'localhost';
}
