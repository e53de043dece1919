import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import {
  approveUpdate,
  cancelUpdate,
  holdUpdate,
  monthWorkflowId,
  releaseUpdate,
  retryUpdate,
  waiveReadingsUpdate,
} from '#workflows/installation-month/messages.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  invoicePageSchema,
  MONTH_ACTIONS,
  monthDetailSchema,
  monthPageSchema,
  reasonSchema,
  startedMonthSchema,
  startMonthSchema,
  type Invoice,
  type Month,
  type MonthAction,
  type MonthDetail,
  type Page,
  type Reason,
  type StartedMonth,
  type StartMonth,
} from './api-types.js';
import { carryOut } from './commands.js';
import { installationById } from './installations.queries.js';
import { invoicesOfMonth } from './invoices.queries.js';
import { cameToItsEnd, monthById, months } from './months.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';
import { workflowUrl } from './workflow-links.js';

const listQuery = z.strictObject({
  ...pagingFields,
  installation: z.string().max(200).optional(),
  period: startMonthSchema.shape.period.optional(),
});
const invoiceQuery = z.strictObject(pagingFields);
const idSchema = z.uuid();
const actionSchema = z.enum(MONTH_ACTIONS);

const UPDATES: Readonly<Record<MonthAction, string>> = {
  approve: approveUpdate.name,
  hold: holdUpdate.name,
  release: releaseUpdate.name,
  'waive-readings': waiveReadingsUpdate.name,
  retry: retryUpdate.name,
  cancel: cancelUpdate.name,
};
/** Actions that a person has to explain. */
const EXPLAINED: ReadonlySet<MonthAction> = new Set(['hold', 'waive-readings', 'cancel']);

/** What an update answers; anything else is taken from the database alone. */
const progressSchema = z
  .object({
    step: z.string(),
    since: z.iso.datetime(),
    waitsFor: z.string().nullable(),
    done: z.int(),
    total: z.int(),
    held: z.boolean(),
  })
  .transform(({ since, ...progress }) => ({ ...progress, stepSince: since }));

@ApiTags('months')
@Controller('api/v1/months')
export class MonthsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Months with their progress, the latest period first', monthPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Month>> {
    const scope = scopeFor(actor, 'month.read');
    return months(this.backoffice.sql, scope, query, this.backoffice.settings);
  }

  @Get(':cycleId')
  @Answers('A month with its energy by tariff band', monthDetailSchema)
  async one(
    @CurrentActor() actor: Actor,
    @Param('cycleId', { schema: idSchema }) cycleId: string,
  ): Promise<MonthDetail> {
    const scope = scopeFor(actor, 'month.read');
    return this.#found(scope, cycleId);
  }

  @Get(':cycleId/invoices')
  @Answers("A month's invoices with where their money is", invoicePageSchema)
  async invoices(
    @CurrentActor() actor: Actor,
    @Param('cycleId', { schema: idSchema }) cycleId: string,
    @Query({ schema: invoiceQuery }) query: z.infer<typeof invoiceQuery>,
  ): Promise<Page<Invoice>> {
    scopeFor(actor, 'month.read');
    const scope = scopeFor(actor, 'invoice.read');
    await this.#found(scope, cycleId);
    return invoicesOfMonth(this.backoffice.sql, scope, { ...query, cycleId }, this.backoffice.settings);
  }

  /** Starts a month by hand; its Schedule does the same at the month's end. */
  @Post()
  @Answers('Starts a month by hand', startedMonthSchema, 201)
  async start(
    @CurrentActor() actor: Actor,
    @Body({ schema: startMonthSchema }) input: StartMonth,
  ): Promise<StartedMonth> {
    const scope = scopeFor(actor, 'month.act');
    const { sql, workflows, settings, now } = this.backoffice;
    const installation = await installationById(sql, scope, input.installationId, now());
    if (installation === null) throw Problem.invalidField('installationId', 'There is no such installation.');
    const workflowId = monthWorkflowId(input);
    if (await cameToItsEnd(sql, input)) throw Problem.refused(`${workflowId} came to its end before.`, 'month-exists');
    const event = { actor: actor.label, subject: workflowId, installationId: input.installationId, before: null };
    const { auditId } = await recordAudit(sql, { ...event, action: 'month.start.asked', after: input });
    const started = await workflows.startMonth(input).catch((error: unknown) => {
      if (!(error instanceof WorkflowsAway)) throw error;
      const kept = `The month was not started. That it was asked for is kept in the audit log (entry ${auditId}).`;
      throw Problem.workflowsAway(kept, error);
    });
    await recordAudit(sql, { ...event, action: `month.start.${started}`, after: { workflowId } });
    if (started === 'exists') throw Problem.refused(`${workflowId} was started before.`, 'month-exists');
    return { ...input, workflowId, workflowUrl: workflowUrl(settings, scope, workflowId) };
  }

  @Post(':cycleId/:action')
  @HttpCode(200)
  @Answers(
    'Approves, holds, releases, waives readings, retries or cancels a month; hold, waive-readings and cancel need a reason',
    monthDetailSchema,
  )
  async act(
    @CurrentActor() actor: Actor,
    @Param('cycleId', { schema: idSchema }) cycleId: string,
    @Param('action', { schema: actionSchema }) action: MonthAction,
    @Body({ schema: reasonSchema }) body: Reason,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<MonthDetail> {
    const scope = scopeFor(actor, 'month.act');
    const before = await this.#found(scope, cycleId);
    if (EXPLAINED.has(action) && body.reason === undefined) throw Problem.invalidField('reason', 'Say why.');
    const { step, waitsFor, held, outcome } = before;
    const progress = await carryOut(this.backoffice, {
      actor,
      action: `month.${action}`,
      topic: 'month',
      id: cycleId,
      installationId: before.installationId,
      workflowId: before.workflowId,
      update: UPDATES[action],
      reason: body.reason,
      idempotencyKey,
      before: { step, waitsFor, held, outcome },
    });
    const told = progressSchema.safeParse(progress);
    return { ...(await this.#found(scope, cycleId)), ...(told.success ? told.data : {}) };
  }

  async #found(scope: TenantScope, cycleId: string): Promise<MonthDetail> {
    const found = await monthById(this.backoffice.sql, scope, cycleId, this.backoffice.settings);
    if (found === null) throw Problem.notFound('month');
    return found;
  }
}
