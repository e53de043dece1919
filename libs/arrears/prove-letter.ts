import type { Sql } from '../persistence/database.js';
import type { LetterStage } from './letters.js';
import { noteLook, type CaseLook } from './look.js';

export interface LetterGiven {
  readonly documentId: string;
  readonly stage: LetterStage;
  readonly channel: 'mail' | 'registered-letter';
  readonly mailId: string | null;
  /** The mail server's answer, or the post's number. */
  readonly reference: string | null;
  readonly recipient: string;
  readonly givenAt: Date;
  readonly by: string;
  readonly now: Date;
}

/**
 * Keeps the proof that a letter of a stage left the house; the formal notice's time runs from the first one. The same
 * mail or number is kept once. Must run inside a transaction.
 */
export async function proveLetter(trx: Sql, given: LetterGiven): Promise<CaseLook> {
  const { documentId, stage, channel, mailId, reference, recipient, givenAt, by, now } = given;
  await trx
    .selectFrom('arrears_case')
    .select('document_id')
    .where('document_id', '=', documentId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const same = await trx
    .selectFrom('letter_proof')
    .select('id')
    .where('document_id', '=', documentId)
    .where('stage', '=', stage)
    .where('channel', '=', channel)
    .where((where) => (mailId === null ? where('reference', '=', reference) : where('mail_id', '=', mailId)))
    .executeTakeFirst();
  if (same === undefined) {
    await trx
      .insertInto('letter_proof')
      .values({
        document_id: documentId,
        stage,
        channel,
        mail_id: mailId,
        reference,
        recipient,
        given_at: givenAt,
        by,
        at: now,
      })
      .execute();
  }
  return noteLook(trx, documentId);
}
