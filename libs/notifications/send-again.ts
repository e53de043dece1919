import type { Sql } from '../persistence/database.js';
import { queueMail } from './queue-mail.js';

/** Mails that a person may have sent again: the manager's month. A resident's letters prove a date and go out once. */
const AGAIN_OF = 'manager-report/';

export const maySendAgain = (mail: { readonly key: string; readonly sentAt: Date | null }): boolean =>
  mail.key.startsWith(AGAIN_OF) && mail.sentAt !== null;

export interface SendAgainOrder {
  readonly mailId: string;
  /** Of the deed: asked again with it, the same copy is the answer. */
  readonly key: string;
  /** Whom it goes to; null: to the manager's address as it is kept now. */
  readonly recipient: string | null;
}

export type SendAgainRefused = {
  readonly refused: {
    readonly code:
      | 'MAIL.NOT_FOUND'
      /** No mail to a manager. */
      | 'MAIL.ONLY_ONCE'
      /** It is still tried: a copy beside it would be a second one. */
      | 'MAIL.NOT_SENT_YET';
  };
};

export interface SentAgain {
  readonly copyId: string;
  /** False when it was asked for before. */
  readonly queued: boolean;
  readonly recipient: string;
  readonly installationId: string | null;
}

/** Queues a copy of a mail that went out, with the same words and files; once per key. */
export async function queueMailAgain(trx: Sql, order: SendAgainOrder): Promise<SentAgain | SendAgainRefused> {
  const mail = await trx
    .selectFrom('mail')
    .leftJoin('installation', 'installation.id', 'mail.installation_id')
    .leftJoin('condominium', 'condominium.id', 'installation.condominium_id')
    .where('mail.id', '=', order.mailId)
    .selectAll('mail')
    .select('condominium.manager_email as manager_email')
    .executeTakeFirst();
  if (mail === undefined) return { refused: { code: 'MAIL.NOT_FOUND' } };
  if (!mail.key.startsWith(AGAIN_OF)) return { refused: { code: 'MAIL.ONLY_ONCE' } };
  if (mail.sent_at === null) return { refused: { code: 'MAIL.NOT_SENT_YET' } };
  const kept = mail.manager_email ?? '';
  const { mailId, queued } = await queueMail(trx, {
    key: `again/${mail.id}/${order.key}`,
    ...(mail.installation_id !== null && { installationId: mail.installation_id }),
    recipient: order.recipient ?? (kept === '' ? mail.recipient : kept),
    subject: mail.subject,
    body: mail.body,
    attachmentIds: mail.attachment_ids,
  });
  const { recipient } = await trx
    .selectFrom('mail')
    .where('id', '=', mailId)
    .select('recipient')
    .executeTakeFirstOrThrow();
  return { copyId: mailId, queued, recipient, installationId: mail.installation_id };
}
