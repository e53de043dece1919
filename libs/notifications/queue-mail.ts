import { sql as raw } from 'kysely';

import type { Sql } from '../persistence/database.js';

export interface MailDraft {
  /** `prenotification/<document>`, `receipt/<receipt>`, `arrears/<document>/<stage>`, `manager-report/<cycle>` */
  readonly key: string;
  readonly installationId?: string;
  readonly customerId?: string;
  readonly recipient: string;
  readonly subject: string;
  /** Plain text. */
  readonly body: string;
  /** Ids of stored files. */
  readonly attachmentIds?: readonly string[];
}

/**
 * Queues a mail in the transaction that decided it. Idempotent by key: asked again it answers with the mail that is
 * there (`queued: false`) and changes nothing.
 */
export async function queueMail(
  trx: Sql,
  draft: MailDraft,
): Promise<{ readonly mailId: string; readonly queued: boolean }> {
  const inserted = await trx
    .insertInto('mail')
    .values({
      key: draft.key,
      installation_id: draft.installationId ?? null,
      customer_id: draft.customerId ?? null,
      recipient: oneLine(draft.recipient),
      subject: oneLine(draft.subject),
      body: draft.body,
      attachment_ids: raw<string[]>`${[...(draft.attachmentIds ?? [])]}::uuid[]`,
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst();
  if (inserted !== undefined) return { mailId: inserted.id, queued: true };
  const { id } = await trx.selectFrom('mail').where('key', '=', draft.key).select('id').executeTakeFirstOrThrow();
  return { mailId: id, queued: false };
}

/** A name with a line break in it must not become a header of its own. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').trim();
}
