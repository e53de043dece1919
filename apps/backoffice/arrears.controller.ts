import { Body, Controller, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import type { Sql } from '#libs/persistence/database.js';
import {
  approveSuspensionUpdate,
  arrearsWorkflowId,
  declineSuspensionUpdate,
  pauseUpdate,
  resumeUpdate,
  retryDebitUpdate,
  waiveUpdate,
} from '#workflows/arrears/messages.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  ARREARS_ACTIONS,
  collectionAnswerSchema,
  reasonSchema,
  type ArrearsAction,
  type CollectionAnswer,
  type Reason,
} from './api-types.js';
import { carryOut } from './commands.js';
import { invoiceOf, invoiceRowById } from './invoices.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.uuid();
const actionSchema = z.enum(ARREARS_ACTIONS);
const UPDATES: Readonly<Record<ArrearsAction, string>> = {
  pause: pauseUpdate.name,
  resume: resumeUpdate.name,
  waive: waiveUpdate.name,
  retry: retryDebitUpdate.name,
  'approve-suspension': approveSuspensionUpdate.name,
  'decline-suspension': declineSuspensionUpdate.name,
};
const EXPLAINED: ReadonlySet<ArrearsAction> = new Set(['pause', 'waive', 'decline-suspension']);

/** A debit that no mandate allows would end where it began, and nobody would be told. */
async function mayBeDebited(sql: Sql, customerId: string): Promise<boolean> {
  const mandate = await sql
    .selectFrom('mandate')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('status', 'in', ['active', 'pending'])
    .executeTakeFirst();
  if (mandate !== undefined) return true;
  const ofOwnBank = await sql
    .selectFrom('sepa_mandate')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('status', '=', 'active')
    .executeTakeFirst();
  return ofOwnBank !== undefined;
}

@ApiTags('arrears')
@Controller('api/v1/arrears')
export class ArrearsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Post(':documentId/:action')
  @HttpCode(200)
  @Answers(
    'Pauses, resumes, ends or debits again in the chase of an invoice, approves or declines its suspension; pause, waive and decline need a reason',
    collectionAnswerSchema,
  )
  async act(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Param('action', { schema: actionSchema }) action: ArrearsAction,
    @Body({ schema: reasonSchema }) body: Reason,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<CollectionAnswer> {
    const scope = scopeFor(actor, 'arrears.act');
    const { sql, settings } = this.backoffice;
    const before = await invoiceRowById(sql, scope, documentId);
    if (before === null || before.stage === null) throw Problem.notFound('arrears case');
    if (EXPLAINED.has(action) && body.reason === undefined) throw Problem.invalidField('reason', 'Say why.');
    const isDebit = action === 'retry' && before.stage !== 'parked';
    if (isDebit && !(await mayBeDebited(sql, before.customer_id))) {
      throw Problem.refused('The customer has no mandate for a direct debit.', 'no-mandate');
    }
    await carryOut(this.backoffice, {
      actor,
      action: `arrears.${action}`,
      topic: 'arrears',
      id: documentId,
      installationId: before.installation_id,
      workflowId: arrearsWorkflowId(documentId),
      update: UPDATES[action],
      reason: body.reason,
      idempotencyKey,
      before: { stage: before.stage, pausedReason: before.paused_reason, outcome: before.chase_outcome },
    });
    const after = await invoiceRowById(sql, scope, documentId);
    return { documentId, invoice: invoiceOf(after ?? before, scope, settings) };
  }
}
