import { randomUUID } from 'node:crypto';

import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { accountVault } from '#libs/payments/account-vault.js';
import { applyStatusReport } from '#libs/payments/sepa/apply-report.js';
import { markBatchSent, withdrawBatch } from '#libs/payments/sepa/batch-states.js';
import { createSepaBatch } from '#libs/payments/sepa/create-batch.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  createBatchSchema,
  sepaBatchPageSchema,
  sepaBatchSchema,
  statusAnswerSchema,
  statusReportSchema,
  type CreateBatch,
  type Page,
  type SepaBatch,
  type StatusAnswer,
  type StatusReportUpload,
} from './api-types.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BATCH_REFUSALS, sepaProblem } from './sepa-refusals.js';
import { sepaBatchById, sepaBatches } from './sepa.queries.js';
import { tellBankNews } from './tell-bank-news.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.uuid();
const actionSchema = z.enum(['sent', 'withdraw']);
const batchesQuery = z.strictObject({ issuerId: z.string().min(1).max(60), ...pagingFields });

@ApiTags('sepa')
@Controller('api/v1/sepa')
export class SepaController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('batches')
  @Answers('Direct debit files of an issuer, the latest collection date first', sepaBatchPageSchema)
  async batches(
    @CurrentActor() actor: Actor,
    @Query({ schema: batchesQuery }) query: z.infer<typeof batchesQuery>,
  ): Promise<Page<SepaBatch>> {
    scopeFor(actor, 'collection.act');
    return sepaBatches(this.backoffice.sql, query);
  }

  @Post('batches')
  @HttpCode(200)
  @Answers('Makes the direct debit file (pain.008) of a collection date', sepaBatchSchema)
  async create(
    @CurrentActor() actor: Actor,
    @Body({ schema: createBatchSchema }) body: CreateBatch,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<SepaBatch> {
    scopeFor(actor, 'collection.act');
    const { sql, settings } = this.backoffice;
    const order = { ...body, key: `${actor.label}/${idempotencyKey ?? randomUUID()}`, by: actor.label };
    const vault = accountVault(settings.secret);
    const created = await createSepaBatch(sql, vault, { ...order, now: this.backoffice.now() });
    if ('batch' in created) {
      const { id, debits, sum_cents: sumCents } = created.batch;
      await this.#audit(actor, 'sepa.create-batch', `sepa-batch/${id}`, { ...body, debits, sumCents });
    }
    await tellBankNews(this.backoffice, { documentIds: [], customerIds: [], payments: created.news });
    if ('refused' in created) throw sepaProblem(BATCH_REFUSALS[created.refused.code]);
    return this.#batch(created.batch.id);
  }

  @Post('batches/:batchId/:action')
  @HttpCode(200)
  @Answers('Marks a file as given to the bank, or withdraws one that never was', sepaBatchSchema)
  async act(
    @CurrentActor() actor: Actor,
    @Param('batchId', { schema: idSchema }) batchId: string,
    @Param('action', { schema: actionSchema }) action: 'sent' | 'withdraw',
  ): Promise<SepaBatch> {
    scopeFor(actor, 'collection.act');
    const command = { batchId, by: actor.label, now: this.backoffice.now() };
    const { sql } = this.backoffice;
    const changed = action === 'sent' ? await markBatchSent(sql, command) : await withdrawBatch(sql, command);
    if ('refused' in changed) {
      if (changed.refused.code === 'BATCH_NOT_FOUND') throw Problem.notFound('batch');
      const words = { BATCH_SENT: 'It was given to the bank.', BATCH_NOT_WRITTEN: 'It has no file to be sent.' };
      throw Problem.refused(words[changed.refused.code], `sepa-${action}-refused`);
    }
    await this.#audit(actor, `sepa.batch-${action}`, `sepa-batch/${batchId}`, { state: changed.batch.state });
    return this.#batch(batchId);
  }

  @Post('reports')
  @HttpCode(200)
  @Answers('Reads the bank’s answer to a file (pain.002)', statusAnswerSchema)
  async report(
    @CurrentActor() actor: Actor,
    @Body({ schema: statusReportSchema }) { issuerId, fileName, contentBase64 }: StatusReportUpload,
  ): Promise<StatusAnswer> {
    scopeFor(actor, 'collection.act');
    const { sql, now } = this.backoffice;
    const bytes = Buffer.from(contentBase64, 'base64');
    const applied = await applyStatusReport(sql, { issuerId, bytes, now: now() });
    if ('refused' in applied) {
      const { code, line, detail } = applied.refused;
      const where = line === 0 ? '' : `, line ${line}`;
      throw new Problem(400, 'unreadable-file', 'Unreadable file', `${code}${where}: ${detail}`, {
        field: 'contentBase64',
      });
    }
    const { messageId, accepted, rejected, unknown, news } = applied;
    const after = { fileName, accepted, rejected, unknown };
    await this.#audit(actor, 'sepa.read-report', `sepa-message/${messageId}`, after);
    await tellBankNews(this.backoffice, { documentIds: [], customerIds: [], payments: news });
    return { messageId, accepted, rejected, unknown: [...unknown] };
  }

  async #batch(batchId: string): Promise<SepaBatch> {
    const batch = await sepaBatchById(this.backoffice.sql, batchId);
    if (batch === null) throw Problem.notFound('batch');
    return batch;
  }

  async #audit(actor: Actor, action: string, subject: string, after: unknown): Promise<void> {
    const event = { actor: actor.label, action, subject, installationId: null, before: null };
    await recordAudit(this.backoffice.sql, { ...event, after });
  }
}
