import { randomUUID } from 'node:crypto';

import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import { creditInvoice, type CreditedInvoice } from '#libs/payments/credit-invoice.js';
import { reissueInvoice } from '#libs/payments/reissue-invoice.js';
import type { Sql } from '#libs/persistence/database.js';
import { storeInvoicePdf } from '#libs/reporting/store-invoice-pdf.js';
import { collectionWorkflowId } from '#workflows/collection/messages.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  creditDocumentSchema,
  creditedDocumentSchema,
  fiscalDocumentDetailSchema,
  fiscalDocumentPageSchema,
  reissuedDocumentSchema,
  type CreditDocument,
  type CreditedDocument,
  type FiscalDocument,
  type FiscalDocumentDetail,
  type Page,
  type ReissuedDocument,
} from './api-types.js';
import { CREDIT_REFUSALS, REISSUE_REFUSALS } from './credit-refusals.js';
import { documentDetail, documentRowById, documentsOf, type DocumentRow } from './documents.queries.js';
import { announce } from './live-announcement.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';

const idSchema = z.uuid();
const listQuery = z.strictObject({
  ...pagingFields,
  number: z.string().trim().min(1).max(60).optional(),
  customer: z.string().min(1).max(60).optional(),
});

@ApiTags('documents')
@Controller('api/v1/documents')
export class DocumentsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Fiscal documents, the latest first', fiscalDocumentPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<FiscalDocument>> {
    return documentsOf(this.backoffice.sql, scopeFor(actor, 'invoice.read'), query);
  }

  @Get(':documentId')
  @Answers('A fiscal document, what credit notes left of its lines, and its receipts', fiscalDocumentDetailSchema)
  async detail(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
  ): Promise<FiscalDocumentDetail> {
    return documentDetail(this.backoffice.sql, await this.#found(scopeFor(actor, 'invoice.read'), documentId));
  }

  /** The note, its postings and what they entail at once; then its PDF, and the workflows are told. */
  @Post(':documentId/credit-note')
  @HttpCode(200)
  @Answers(
    'Gives an invoice back, whole or by lines, by a credit note; a dry run keeps nothing',
    creditedDocumentSchema,
  )
  async credit(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: creditDocumentSchema }) body: CreditDocument,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<CreditedDocument> {
    const before = await this.#found(scopeFor(actor, 'month.act'), documentId);
    const { sql, signer, workflows, now } = this.backoffice;
    const { dryRun, ...wish } = body;
    const key = idempotencyKey === undefined ? randomUUID() : `${actor.label}/${idempotencyKey}`;
    const order = { documentId, ...wish, key, now: now(), signer, by: actor.label };
    const { installationId, number } = before;
    if (dryRun) {
      return { ...answerOf(await dryRunOf(sql, (trx) => credited(trx, order))), documentId: null, number: null };
    }
    const note = await sql.transaction().execute(async (trx) => {
      const done = await credited(trx, order);
      const event = { actor: actor.label, action: 'invoice.credit', subject: `invoice/${documentId}`, installationId };
      const after = { number: done.numberText, grossCents: done.grossCents, ...wish };
      await recordAudit(trx, { ...event, before: { number }, after });
      return done;
    });
    await storeInvoicePdf(sql, { documentId: note.documentId });
    await announce(sql, { topic: 'collection', installation: installationId, id: documentId });
    await workflows.ledgerChanged(documentId).catch((error: unknown) => {
      if (!(error instanceof WorkflowsAway)) throw error;
      const kept = 'The credit note is issued. Its workflow was not told yet: send the same request again to tell it.';
      throw Problem.workflowsAway(kept, error);
    });
    return answerOf(note);
  }

  /** Number, postings and collection at once; then its PDF, and its collection is started. */
  @Post(':documentId/reissue')
  @HttpCode(200)
  @Answers('Invoices the month of an invoice again that was given back for it, once', reissuedDocumentSchema)
  async reissue(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
  ): Promise<ReissuedDocument> {
    const { number: before, installationId } = await this.#found(scopeFor(actor, 'month.act'), documentId);
    const { sql, signer, workflows, now } = this.backoffice;
    const order = { documentId, now: now(), signer, by: actor.label, workflowIdOf: collectionWorkflowId };
    const issued = await sql.transaction().execute(async (trx) => {
      const done = await reissueInvoice(trx, order);
      const event = { actor: actor.label, action: 'invoice.reissue', subject: `invoice/${documentId}`, installationId };
      await recordAudit(trx, { ...event, before: { number: before }, after: done });
      return done;
    });
    if ('refused' in issued) throw Problem.refused(REISSUE_REFUSALS[issued.refused.code], 'not-reissued');
    await storeInvoicePdf(sql, issued);
    await announce(sql, { topic: 'collection', installation: installationId, id: issued.documentId });
    await workflows.startCollection(issued.documentId).catch((error: unknown) => {
      if (!(error instanceof WorkflowsAway)) throw error;
      throw Problem.workflowsAway(
        'The invoice is issued. Its collection starts as soon as that server is back.',
        error,
      );
    });
    const { numberText: number, type, grossCents } = issued;
    return { documentId: issued.documentId, number, type, grossCents };
  }

  async #found(scope: TenantScope, documentId: string): Promise<DocumentRow> {
    const row = await documentRowById(this.backoffice.sql, scope, documentId);
    if (row === null) throw Problem.notFound('document');
    return row;
  }
}

async function credited(trx: Sql, order: Parameters<typeof creditInvoice>[1]): Promise<CreditedInvoice> {
  const note = await creditInvoice(trx, order);
  if ('refused' in note) throw Problem.refused(CREDIT_REFUSALS[note.refused.code], 'not-credited');
  return note;
}

function answerOf(note: CreditedInvoice): CreditedDocument {
  const { documentId, numberText: number, grossCents, dueCents, movedCents, reopenedAdjustments } = note;
  return { documentId, number, grossCents, dueCents, movedCents, reopenedAdjustments };
}

/** Ends a dry run: what it did is taken back. */
class TakenBack<T> extends Error {
  constructor(readonly result: T) {
    super('a dry run');
  }
}

/** The same path as for real, and nothing of it stays: the number goes back too. */
async function dryRunOf<T>(sql: Sql, run: (trx: Sql) => Promise<T>): Promise<T> {
  try {
    return await sql.transaction().execute(async (trx): Promise<never> => {
      throw new TakenBack(await run(trx));
    });
  } catch (error) {
    if (error instanceof TakenBack) return error.result as T;
    throw error;
  }
}
