import { Inject, Injectable } from '@nestjs/common';

import type { LetterStage } from '#libs/arrears/letters.js';
import { lookAgain } from '#libs/arrears/look.js';
import { managerLetter } from '#libs/arrears/manager-letter.js';
import { proveLetter } from '#libs/arrears/prove-letter.js';
import { resumedLetter } from '#libs/arrears/stage-letter.js';
import { decideSuspension, lastSuspensionOf, liftSuspension } from '#libs/arrears/suspension.js';
import { warnOfLapse } from '#libs/arrears/warn-of-lapse.js';
import { queueMail } from '#libs/notifications/queue-mail.js';
import type { Sql } from '#libs/persistence/database.js';
import type { ArrearsActivities, CaseLook, StagePlan, SuspensionDecision } from '#workflows/arrears/activities.js';
import type { Refused } from '#workflows/refusal.js';

import { activityNow } from './activity-clock.js';
import { told } from './arrears-looks.js';
import { SQL } from './resources.js';

type CaseActivities = Omit<ArrearsActivities, 'openArrears' | 'enterArrearsStage' | 'nextAttemptNo'>;

/** What happens in a case besides its stages: decisions, proofs, the deadline, the end of a suspension. */
@Injectable()
export class CaseActivitiesService implements CaseActivities {
  readonly #sql: Sql;

  constructor(@Inject(SQL) sql: Sql) {
    this.#sql = sql;
  }

  async lookAtArrears(documentId: string): Promise<CaseLook & { readonly mailId: string | null }> {
    const now = activityNow();
    return this.#sql.transaction().execute(async (trx) => {
      const look = await lookAgain(trx, { documentId, now });
      const mailId = look.ending === 'handed-over' ? await handOverMail(trx, documentId) : null;
      return { ...told(look, now), mailId };
    });
  }

  async proveArrearsLetter(documentId: string, stage: StagePlan['stage'], mailId: string): Promise<CaseLook> {
    const now = activityNow();
    const look = await this.#sql.transaction().execute(async (trx) => {
      const { recipient, answer } = await trx
        .selectFrom('mail')
        .select(['recipient', 'server_answer as answer'])
        .where('id', '=', mailId)
        .executeTakeFirstOrThrow();
      return proveLetter(trx, {
        documentId,
        stage: stage as LetterStage, // only stages with a letter have a mail
        channel: 'mail',
        mailId,
        reference: answer,
        recipient,
        givenAt: now,
        by: 'workflow',
        now,
      });
    });
    return told(look, now);
  }

  async decideSuspension(documentId: string, decision: SuspensionDecision): Promise<CaseLook | Refused> {
    const order = { documentId, ...decision, now: activityNow() };
    const look = await this.#sql.transaction().execute((trx) => decideSuspension(trx, order));
    return 'refused' in look ? look : told(look, order.now);
  }

  /** The note and the manager's letter come together. */
  async warnOfLapse(documentId: string): Promise<CaseLook & { readonly mailId: string | null }> {
    const now = activityNow();
    return this.#sql.transaction().execute(async (trx) => {
      const look = await warnOfLapse(trx, { documentId, now });
      const letter = await managerLetter(trx, { documentId, kind: 'lapse', reason: null });
      const { mailId } = await queueMail(trx, letter);
      return { ...told(look, now), mailId };
    });
  }

  async resumeCharging(documentId: string): Promise<{ readonly mailId: string | null }> {
    const now = activityNow();
    return this.#sql.transaction().execute(async (trx) => {
      await liftSuspension(trx, { documentId, by: 'settled', reason: null, now });
      const suspension = await lastSuspensionOf(trx, documentId);
      if (suspension === null) return { mailId: null };
      const letter = await resumedLetter(trx, { documentId, since: suspension.from });
      return { mailId: letter === null ? null : (await queueMail(trx, letter)).mailId };
    });
  }
}

/** The last letter to the manager that the debt is handed over, while it is not sent. */
async function handOverMail(sql: Sql, documentId: string): Promise<string | null> {
  const mail = await sql
    .selectFrom('mail')
    .select('id')
    .where('key', '^@', `arrears/${documentId}/handed-over/`)
    .where('sent_at', 'is', null)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return mail?.id ?? null;
}
