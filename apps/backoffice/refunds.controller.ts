import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { makeRefundFile, refundFile } from '#libs/payments/prepaid/refund-file.js';
import { decideRefund } from '#libs/payments/prepaid/refunds.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers, AnswersFile } from './answers.js';
import {
  reasonSchema,
  REFUND_DECISIONS,
  refundFileOrderSchema,
  refundFileSchema,
  refundPageSchema,
  refundSchema,
  type Page,
  type Reason,
  type Refund,
  type RefundDecisionName,
  type RefundFileAnswer,
  type RefundFileOrder,
} from './api-types.js';
import { attachment } from './attachment.js';
import { pagingFields } from './paging.js';
import { refusedAs } from './prepaid-refusals.js';
import { refundById, refunds } from './prepaid.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject(pagingFields);
const idSchema = z.uuid();
const decisionSchema = z.enum(REFUND_DECISIONS);
const messageIdSchema = z.string().regex(/^[0-9a-f]{32}$/);

@ApiTags('refunds')
@Controller('api/v1/refunds')
export class RefundsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Refunds of prepaid balances, newest first', refundPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Refund>> {
    const scope = scopeFor(actor, 'refund.act');
    return refunds(this.backoffice.sql, scope, { ...query, now: this.backoffice.now() });
  }

  /** With the file the refunds are out of the books: what is not sent to the bank is to be said `fail` of. */
  @Post('file')
  @HttpCode(200)
  @Answers("Makes the file (pain.001) of an issuer's approved refunds for its bank", refundFileSchema)
  async makeFile(
    @CurrentActor() actor: Actor,
    @Body({ schema: refundFileOrderSchema }) { issuerId }: RefundFileOrder,
  ): Promise<RefundFileAnswer> {
    const scope = scopeFor(actor, 'refund.act');
    if (scope.kind !== 'all') throw Problem.notAllowed('refund.act');
    const { sql, now } = this.backoffice;
    const file = await makeRefundFile(sql, { issuerId, now: now() });
    if ('refused' in file) throw refusedAs(file.refused.code);
    const { messageId, count, sumCents, notCovered } = file;
    const event = { actor: actor.label, action: 'refund.file', subject: `refund-file/${messageId}` };
    await recordAudit(sql, { ...event, installationId: null, before: null, after: { count, sumCents } });
    return { messageId, count, sumCents, notCovered: [...notCovered] };
  }

  @Get('file/:messageId')
  @AnswersFile('The file of refunds that are under way')
  async file(
    @CurrentActor() actor: Actor,
    @Param('messageId', { schema: messageIdSchema }) messageId: string,
  ): Promise<StreamableFile> {
    const scope = scopeFor(actor, 'refund.act');
    if (scope.kind !== 'all') throw Problem.notAllowed('refund.act');
    const { sql } = this.backoffice;
    const file = await refundFile(sql, messageId);
    if ('refused' in file) throw refusedAs(file.refused.code);
    const event = { actor: actor.label, action: 'refund.download', subject: `refund-file/${messageId}` };
    await recordAudit(sql, { ...event, installationId: null, before: null, after: null });
    const disposition = attachment(`devolucoes-${messageId.slice(0, 8)}.xml`);
    return new StreamableFile(Buffer.from(file.content, 'utf8'), { type: 'application/xml', disposition });
  }

  @Post(':id/:decision')
  @HttpCode(200)
  @Answers(
    'Approves or cancels a refund, or says that it arrived or failed; cancel and fail need a reason',
    refundSchema,
  )
  async decide(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) orderId: string,
    @Param('decision', { schema: decisionSchema }) decision: RefundDecisionName,
    @Body({ schema: reasonSchema }) { reason }: Reason,
  ): Promise<Refund> {
    const scope = scopeFor(actor, 'refund.act');
    if ((decision === 'cancel' || decision === 'fail') && reason === undefined) {
      throw Problem.invalidField('reason', 'Say why.');
    }
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const before = await refundById(trx, scope, orderId, now());
      if (before === null) throw Problem.notFound('refund');
      const decided = await decideRefund(trx, { orderId, decision, by: actor.label, reason, now: now() });
      if ('refused' in decided) throw refusedAs(decided.refused.code);
      const after = await refundById(trx, scope, orderId, now());
      if (after === null) throw new Error(`refund ${orderId} vanished while it was decided`);
      const event = { actor: actor.label, action: `refund.${decision}`, subject: `refund/${orderId}` };
      const kept = { state: after.state, reason: reason ?? null };
      await recordAudit(trx, { ...event, installationId: null, before: { state: before.state }, after: kept });
      return after;
    });
  }
}
