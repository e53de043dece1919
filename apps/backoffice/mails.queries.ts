import { sql as raw, type RawBuilder } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { MailReceipt } from '#libs/notifications/mail.entity.js';
import { maySendAgain } from '#libs/notifications/send-again.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Mail, Page } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

interface MailRow {
  readonly id: string;
  readonly key: string;
  readonly installation_id: string | null;
  readonly customer_id: string | null;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly created_at: Date;
  readonly sent_at: Date | null;
  readonly last_error: string | null;
  readonly receipt: MailReceipt | null;
  readonly server_answer: string | null;
  readonly attachments: { fileId: string; fileName: string }[];
}

const receiptOf = ({ messageId, accepted, rejected }: MailReceipt, response: string | null) => ({
  response,
  messageId,
  accepted: [...accepted],
  rejected: [...rejected],
});

const mailOf = (row: MailRow): Mail => ({
  id: row.id,
  installationId: row.installation_id,
  customerId: row.customer_id,
  recipient: row.recipient,
  subject: row.subject,
  body: row.body,
  createdAt: row.created_at.toISOString(),
  sentAt: row.sent_at?.toISOString() ?? null,
  lastError: row.last_error,
  receipt: row.receipt === null ? null : receiptOf(row.receipt, row.server_answer),
  attachments: row.attachments,
  againOf: row.key.startsWith('again/') ? (row.key.split('/')[1] ?? null) : null,
  maySendAgain: maySendAgain({ key: row.key, sentAt: row.sent_at }),
});

interface MailList {
  readonly installation?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/**
 * Kept messages, newest first. A resident reads their own; a manager what was written to the condominium, not the
 * letters to its residents.
 */
export async function mails(sql: Sql, scope: TenantScope, query: MailList): Promise<Page<Mail>> {
  const after = decodeCursor(query.cursor, z.tuple([z.uuid()]));
  const conditions = [within(scope, { condominium: 'installation.condominium_id', customer: 'mail.customer_id' })];
  if (scope.kind === 'condominium') conditions.push(raw`mail.customer_id is null`);
  if (query.installation !== undefined) conditions.push(raw`mail.installation_id = ${query.installation}`);
  if (after !== null) conditions.push(raw`mail.id < ${after[0]}::uuid`);
  const rows = await mailRows(sql, raw.join(conditions, raw` and `), query.limit + 1);
  return pageOf(rows, query.limit, (row) => [row.id], mailOf);
}

/** One message, for staff; null when there is none. */
export async function mailById(sql: Sql, mailId: string): Promise<Mail | null> {
  const [found] = await mailRows(sql, raw`mail.id = ${mailId}`, 1);
  return found === undefined ? null : mailOf(found);
}

async function mailRows(sql: Sql, condition: RawBuilder<unknown>, limit: number): Promise<MailRow[]> {
  const { rows } = await raw<MailRow>`
    select mail.id, mail.key, mail.installation_id, mail.customer_id, mail.recipient, mail.subject, mail.body, mail.created_at,
      mail.sent_at, mail.last_error, mail.receipt, mail.server_answer, coalesce(files.attachments, '[]'::jsonb) as attachments
    from mail
    left join installation on installation.id = mail.installation_id
    left join lateral (
      select jsonb_agg(jsonb_build_object('fileId', file.id, 'fileName', file.file_name) order by file.file_name)
        as attachments
      from stored_file file where file.id = any(mail.attachment_ids)
    ) files on true
    where ${condition}
    order by mail.id desc limit ${limit}`.execute(sql);
  return rows;
}
