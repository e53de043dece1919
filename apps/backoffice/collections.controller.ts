import { Body, Controller, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import { customerOf } from '#libs/payments/attempts.js';
import { recordTransfer } from '#libs/payments/record-transfer.js';
import {
  cancelCollectionUpdate,
  collectionWorkflowId,
  holdCollectionUpdate,
  releaseCollectionUpdate,
  retryCollectionUpdate,
} from '#workflows/collection/messages.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  COLLECTION_ACTIONS,
  collectionAnswerSchema,
  reasonSchema,
  recordTransferSchema,
  type CollectionAction,
  type CollectionAnswer,
  type Reason,
  type RecordTransfer,
} from './api-types.js';
import { carryOut } from './commands.js';
import { invoiceOf, invoiceRowById, type InvoiceRow } from './invoices.queries.js';
import { announce } from './live-announcement.js';
import { Problem } from './problem.js';
import { tellPaidAhead } from './tell-paid-ahead.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';

const idSchema = z.uuid();
const actionSchema = z.enum(COLLECTION_ACTIONS);
const UPDATES: Readonly<Record<CollectionAction, string>> = {
  hold: holdCollectionUpdate.name,
  release: releaseCollectionUpdate.name,
  retry: retryCollectionUpdate.name,
  cancel: cancelCollectionUpdate.name,
};
const EXPLAINED: ReadonlySet<CollectionAction> = new Set(['hold', 'cancel']);

@ApiTags('collections')
@Controller('api/v1/collections')
export class CollectionsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** Staff found the transfer on the bank statement: it is booked once per reference, then the workflows are told. */
  @Post(':documentId/record-transfer')
  @HttpCode(200)
  @Answers('Books a bank transfer for an invoice, once per reference', collectionAnswerSchema)
  async recordTransfer(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: recordTransferSchema }) body: RecordTransfer,
  ): Promise<CollectionAnswer> {
    const scope = scopeFor(actor, 'collection.act');
    const before = await this.#found(scope, documentId);
    const { sql, workflows, now } = this.backoffice;
    const key = `${documentId}/${body.reference}`;
    const recorded = await recordTransfer(sql, { documentId, amountCents: body.amountCents, key, now: now() });
    await recordAudit(sql, {
      actor: actor.label,
      action: 'collection.record-transfer',
      subject: `collection/${documentId}`,
      installationId: before.installation_id,
      before: { dueCents: before.due_cents },
      after: { ...body, ...recorded },
    });
    if ('refused' in recorded) {
      throw Problem.refused('This reference was booked before, with another amount.', 'reference-used');
    }
    // The books have no trigger of their own, and the workflows may be over.
    await announce(sql, { topic: 'collection', installation: before.installation_id, id: documentId });
    const telling = async (): Promise<void> => {
      await workflows.ledgerChanged(documentId);
      if (recorded.creditedCents > 0) await tellPaidAhead(this.backoffice, await customerOf(sql, documentId));
    };
    await telling().catch((error: unknown) => {
      if (!(error instanceof WorkflowsAway)) throw error;
      const kept =
        'The transfer is in the books. Its workflow was not told yet: send the same request again to tell it.';
      throw Problem.workflowsAway(kept, error);
    });
    return this.#answer(scope, documentId);
  }

  @Post(':documentId/:action')
  @HttpCode(200)
  @Answers(
    'Holds, releases, retries or cancels the collection of an invoice; hold and cancel need a reason',
    collectionAnswerSchema,
  )
  async act(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Param('action', { schema: actionSchema }) action: CollectionAction,
    @Body({ schema: reasonSchema }) body: Reason,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<CollectionAnswer> {
    const scope = scopeFor(actor, 'collection.act');
    const before = await this.#found(scope, documentId);
    if (EXPLAINED.has(action) && body.reason === undefined) throw Problem.invalidField('reason', 'Say why.');
    await carryOut(this.backoffice, {
      actor,
      action: `collection.${action}`,
      topic: 'collection',
      id: documentId,
      installationId: before.installation_id,
      workflowId: collectionWorkflowId(documentId),
      update: UPDATES[action],
      reason: body.reason,
      idempotencyKey,
      before: { step: before.step, waitsFor: before.waits_for, outcome: before.collection_outcome },
    });
    return this.#answer(scope, documentId);
  }

  async #found(scope: TenantScope, documentId: string): Promise<InvoiceRow> {
    const row = await invoiceRowById(this.backoffice.sql, scope, documentId);
    if (row === null) throw Problem.notFound('collection');
    return row;
  }

  async #answer(scope: TenantScope, documentId: string): Promise<CollectionAnswer> {
    return { documentId, invoice: invoiceOf(await this.#found(scope, documentId), scope, this.backoffice.settings) };
  }
}
