import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { queueMailAgain } from '#libs/notifications/send-again.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { mailPageSchema, mailSchema, sendAgainSchema, type Mail, type Page, type SendAgain } from './api-types.js';
import { mailById, mails } from './mails.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject({ ...pagingFields, installation: z.string().max(200).optional() });

@ApiTags('mails')
@Controller('api/v1/mails')
export class MailsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Messages as they went out, newest first', mailPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Mail>> {
    const scope = scopeFor(actor, 'mail.read');
    return mails(this.backoffice.sql, scope, query);
  }

  @Post(':id/send-again')
  @HttpCode(200)
  @Answers('A copy of a mail to a manager, to be sent now; answers with the copy', mailSchema)
  async sendAgain(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: z.uuid() }) mailId: string,
    @Body({ schema: sendAgainSchema }) { recipient }: SendAgain,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Mail> {
    scopeFor(actor, 'mail.act');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      const order = { mailId, key: key ?? crypto.randomUUID(), recipient: recipient ?? null };
      const again = await queueMailAgain(trx, order);
      if ('refused' in again) throw refusedAs(again.refused.code);
      const { copyId, queued, installationId } = again;
      if (queued) {
        await recordAudit(trx, {
          actor: actor.label,
          action: 'mail.send-again',
          subject: `mail/${mailId}`,
          installationId,
          before: null,
          after: { copyId, recipient: again.recipient },
        });
      }
      const copy = await mailById(trx, copyId);
      if (copy === null) throw new Error(`mail ${copyId} vanished while it was queued`);
      return copy;
    });
  }
}

function refusedAs(code: 'MAIL.NOT_FOUND' | 'MAIL.ONLY_ONCE' | 'MAIL.NOT_SENT_YET'): Problem {
  if (code === 'MAIL.NOT_FOUND') return Problem.notFound('mail');
  const words =
    code === 'MAIL.ONLY_ONCE'
      ? 'Only the mail with a month’s report can be sent again.'
      : 'It has not been sent yet, and is still tried.';
  return Problem.refused(words, code.toLowerCase().replace(/[._]/g, '-'));
}
