import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import { decideAdjustment, decideProposals } from '#libs/invoicing/decide-adjustment.js';
import type { ChargeLine } from '#libs/invoicing/plan-invoice.js';
import { differencesOf, proposeAdjustments, type Differences } from '#libs/invoicing/propose-adjustments.js';
import { giveBackAdjustment } from '#libs/payments/credit-invoice.js';
import { storeInvoicePdf } from '#libs/reporting/store-invoice-pdf.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { adjustmentById, adjustmentsOfMonth } from './adjustments.queries.js';
import { Answers } from './answers.js';
import {
  ADJUSTMENT_DECISION_NAMES,
  decidedSchema,
  adjustmentPageSchema,
  adjustmentSchema,
  differencesSchema,
  lookForDifferencesSchema,
  reasonSchema,
  type Adjustment,
  type AdjustmentDecisionName,
  type DifferenceLine,
  type FoundDifferences,
  type LookForDifferences,
  type Month,
  type Page,
  type Reason,
} from './api-types.js';
import { CREDIT_REFUSALS } from './credit-refusals.js';
import { monthById } from './months.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';

const listQuery = z.strictObject(pagingFields);
const idSchema = z.uuid();
const decisionSchema = z.enum(ADJUSTMENT_DECISION_NAMES);
const allDecisionSchema = z.enum(['accept', 'dismiss']);

@ApiTags('adjustments')
@Controller('api/v1')
export class AdjustmentsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('months/:cycleId/adjustments')
  @Answers('Differences of a billed month that were found, and what was decided of them', adjustmentPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Param('cycleId', { schema: idSchema }) cycleId: string,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Adjustment>> {
    const scope = scopeFor(actor, 'bill.read');
    await this.#month(scope, cycleId);
    return adjustmentsOfMonth(this.backoffice.sql, scope, { ...query, cycleId });
  }

  /** The month rated again by the path that billed it, less what was billed. Nothing issued is touched. */
  @Post('months/:cycleId/adjustments')
  @HttpCode(200)
  @Answers('Looks for differences of a billed month; unless dryRun is false nothing is kept', differencesSchema)
  async look(
    @CurrentActor() actor: Actor,
    @Param('cycleId', { schema: idSchema }) cycleId: string,
    @Body({ schema: lookForDifferencesSchema }) { dryRun }: LookForDifferences,
  ): Promise<FoundDifferences> {
    const scope = scopeFor(actor, 'month.act');
    const { installationId, currency } = await this.#month(scope, cycleId);
    const { sql, now } = this.backoffice;
    if (dryRun) return foundOf(await differencesOf(sql, cycleId), currency);
    return sql.transaction().execute(async (trx) => {
      const found = foundOf(await proposeAdjustments(trx, { cycleId, now: now() }), currency);
      const after = found.customers.map(({ customerId, netCents }) => ({ customerId, netCents }));
      const event = { actor: actor.label, action: 'adjustment.propose', subject: `month/${cycleId}`, installationId };
      await recordAudit(trx, { ...event, before: null, after });
      return found;
    });
  }

  @Post('months/:cycleId/adjustments/:decision')
  @HttpCode(200)
  @Answers('Accepts or dismisses all proposals of a month at once; dismiss needs a reason', decidedSchema)
  async decideAll(
    @CurrentActor() actor: Actor,
    @Param('cycleId', { schema: idSchema }) cycleId: string,
    @Param('decision', { schema: allDecisionSchema }) decision: 'accept' | 'dismiss',
    @Body({ schema: reasonSchema }) { reason }: Reason,
  ): Promise<{ decided: number }> {
    const scope = scopeFor(actor, 'month.act');
    const { installationId } = await this.#month(scope, cycleId);
    if (decision === 'dismiss' && reason === undefined) throw Problem.invalidField('reason', 'Say why.');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const ids = await decideProposals(trx, { cycleId, decision, by: actor.label, now: now() });
      const event = { actor: actor.label, action: `adjustment.${decision}-all`, subject: `month/${cycleId}` };
      const after = { adjustments: ids, reason: reason ?? null };
      await recordAudit(trx, { ...event, installationId, before: { state: 'proposed' }, after });
      return { decided: ids.length };
    });
  }

  /** For who gets no later invoice: the note, its postings and its PDF at once. */
  @Post('adjustments/:id/credit-note')
  @HttpCode(200)
  @Answers(
    'Gives an accepted adjustment back by a credit note; needs a reason, which the note prints',
    adjustmentSchema,
  )
  async credit(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) id: string,
    @Body({ schema: reasonSchema }) { reason }: Reason,
  ): Promise<Adjustment> {
    const scope = scopeFor(actor, 'month.act');
    const { sql, now, signer, workflows } = this.backoffice;
    if (reason === undefined) throw Problem.invalidField('reason', 'Say why: the credit note prints it.');
    const { documentId, invoiceId, after } = await sql.transaction().execute(async (trx) => {
      const before = await adjustmentById(trx, scope, id);
      if (before === null) throw Problem.notFound('adjustment');
      const note = await giveBackAdjustment(trx, { adjustmentId: id, reason, now: now(), signer, by: actor.label });
      if ('refused' in note) throw Problem.refused(CREDIT_REFUSALS[note.refused.code], 'adjustment-not-credited');
      const credited = await adjustmentById(trx, scope, id);
      if (credited === null) throw new Error(`adjustment ${id} vanished while it was credited`);
      const event = { actor: actor.label, action: 'adjustment.credit', subject: `adjustment/${id}` };
      const { installationId, state } = before;
      const kept = { state: credited.state, number: note.numberText, reason };
      await recordAudit(trx, { ...event, installationId, before: { state }, after: kept });
      return { documentId: note.documentId, invoiceId: note.invoiceId, after: credited };
    });
    await storeInvoicePdf(sql, { documentId });
    await workflows.ledgerChanged(invoiceId).catch((error: unknown) => {
      if (!(error instanceof WorkflowsAway)) throw error;
      const kept = 'The credit note is issued. Its workflow was not told yet: send the same request again to tell it.';
      throw Problem.workflowsAway(kept, error);
    });
    return after;
  }

  @Post('adjustments/:id/:decision')
  @HttpCode(200)
  @Answers('Accepts, dismisses or reconsiders an adjustment; dismiss needs a reason', adjustmentSchema)
  async decide(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) id: string,
    @Param('decision', { schema: decisionSchema }) decision: AdjustmentDecisionName,
    @Body({ schema: reasonSchema }) { reason }: Reason,
  ): Promise<Adjustment> {
    const scope = scopeFor(actor, 'month.act');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const before = await adjustmentById(trx, scope, id);
      if (before === null) throw Problem.notFound('adjustment');
      if (decision === 'dismiss' && reason === undefined) throw Problem.invalidField('reason', 'Say why.');
      const decided = await decideAdjustment(trx, { adjustmentId: id, decision, by: actor.label, now: now() });
      if ('refused' in decided) {
        throw Problem.refused(`The adjustment is ${decided.refused.state} already.`, 'adjustment-decided');
      }
      const after = await adjustmentById(trx, scope, id);
      if (after === null) throw new Error(`adjustment ${id} vanished while it was decided`);
      const event = { actor: actor.label, action: `adjustment.${decision}`, subject: `adjustment/${id}` };
      const { installationId, state } = before;
      const kept = { state: after.state, reason: reason ?? null };
      await recordAudit(trx, { ...event, installationId, before: { state }, after: kept });
      return after;
    });
  }

  async #month(scope: TenantScope, cycleId: string): Promise<Month> {
    const found = await monthById(this.backoffice.sql, scope, cycleId, this.backoffice.settings);
    if (found === null) throw Problem.notFound('month');
    return found;
  }
}

function foundOf(found: Differences, currency: string): FoundDifferences {
  if ('refused' in found) return { currency, customers: [], refused: found.refused.code };
  const customers = found.ok.map(({ customerId, netCents, lines }) => ({
    customerId,
    netCents,
    lines: lines.map(lineOf),
  }));
  return { currency, customers, refused: null };
}

function lineOf({ kind, party, spotName, label, interval, wh, microsPerKWh, netCents }: ChargeLine): DifferenceLine {
  return { kind, party, spotName, label, interval, wh, perKWhMicros: microsPerKWh, netCents };
}
