import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import {
  approvePayout,
  cancelPayout,
  markPayoutPaid,
  type PayoutDone,
} from '#libs/payments/payout/decide-on-payout.js';
import { proposePayout, timeZoneOf } from '#libs/payments/payout/propose-payout.js';
import type { Sql } from '#libs/persistence/database.js';
import { localDate } from '#libs/registry/period.js';
import { storePayoutFile, storePayoutStatement } from '#libs/reporting/store-payout-files.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  owedListSchema,
  PAYOUT_STATE_NAMES,
  payoutCancelSchema,
  payoutFileOrderSchema,
  payoutFileSchema,
  payoutLinePageSchema,
  payoutPageSchema,
  payoutPaidSchema,
  payoutSchema,
  proposePayoutSchema,
  type OwedList,
  type Page,
  type Payout,
  type PayoutFile,
  type PayoutLine,
} from './api-types.js';
import { pagingFields } from './paging.js';
import { payoutProblem } from './payout-problems.js';
import { owed, payoutById, payoutLines, payouts } from './payouts.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.uuid();
const listQuery = z.strictObject({
  ...pagingFields,
  condominium: z.string().max(200).optional(),
  state: z.enum(PAYOUT_STATE_NAMES).optional(),
});
const linesQuery = z.strictObject(pagingFields);

@ApiTags('payouts')
@Controller('api/v1/payouts')
export class PayoutsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Payouts to condominiums, the latest first', payoutPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Payout>> {
    return payouts(this.backoffice.sql, scopeFor(actor, 'payout.read'), query);
  }

  @Get('owed')
  @Answers('What would be paid out to each condominium now; nothing is kept', owedListSchema)
  async owed(@CurrentActor() actor: Actor): Promise<OwedList> {
    const scope = scopeFor(actor, 'payout.read');
    return { items: await owed(this.backoffice.sql, scope, this.backoffice.now()) };
  }

  @Get(':id/lines')
  @Answers('Where each cent of a payout comes from', payoutLinePageSchema)
  async lines(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) payoutId: string,
    @Query({ schema: linesQuery }) query: z.infer<typeof linesQuery>,
  ): Promise<Page<PayoutLine>> {
    return payoutLines(this.backoffice.sql, scopeFor(actor, 'payout.read'), { ...query, payoutId });
  }

  @Get(':id/statement')
  @Answers('The statement of a payout, as a file', payoutFileSchema)
  async statement(@CurrentActor() actor: Actor, @Param('id', { schema: idSchema }) id: string): Promise<PayoutFile> {
    const scope = scopeFor(actor, 'payout.read');
    const { sql } = this.backoffice;
    if ((await payoutById(sql, scope, id)) === null) throw Problem.notFound('payout');
    return storePayoutStatement(sql, id);
  }

  @Post()
  @HttpCode(200)
  @Answers('Proposes to pay out what is owed to a condominium now', payoutSchema)
  async propose(
    @CurrentActor() actor: Actor,
    @Body({ schema: proposePayoutSchema }) body: z.infer<typeof proposePayoutSchema>,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Payout> {
    const scope = scopeFor(actor, 'payout.act');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const order = { ...body, key: `payout/by-hand/${key ?? crypto.randomUUID()}`, by: actor.label, now: now() };
      await installationOf(trx, body);
      const result = await proposePayout(trx, order);
      if ('refused' in result) throw payoutProblem(result.refused);
      const payout = await payoutById(trx, scope, result.payoutId);
      if (payout === null) throw Problem.notFound('payout');
      if (result.proposed) await audit(trx, actor, { action: 'propose', before: null, after: payout });
      return payout;
    });
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Answers('Agrees to a proposed payout', payoutSchema)
  async approve(@CurrentActor() actor: Actor, @Param('id', { schema: idSchema }) payoutId: string): Promise<Payout> {
    return this.#act(actor, payoutId, 'approve', (trx, deed) => approvePayout(trx, deed));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Answers('Cancels a payout that was not paid; needs a reason', payoutSchema)
  async cancel(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) payoutId: string,
    @Body({ schema: payoutCancelSchema }) { reason }: z.infer<typeof payoutCancelSchema>,
  ): Promise<Payout> {
    return this.#act(actor, payoutId, 'cancel', (trx, deed) => cancelPayout(trx, { ...deed, reason }));
  }

  @Post(':id/paid')
  @HttpCode(200)
  @Answers('The bank has paid it: posted in the books', payoutSchema)
  async paid(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) payoutId: string,
    @Body({ schema: payoutPaidSchema }) { paidOn, bankReference }: z.infer<typeof payoutPaidSchema>,
  ): Promise<Payout> {
    const facts = { paidOn, bankReference: bankReference ?? null };
    return this.#act(actor, payoutId, 'paid', (trx, deed) => markPayoutPaid(trx, { ...deed, ...facts }));
  }

  @Post(':id/file')
  @HttpCode(200)
  @Answers('The bank’s order (pain.001) for an approved payout, made once', payoutFileSchema)
  async file(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) payoutId: string,
    @Body({ schema: payoutFileOrderSchema }) { executionDate }: z.infer<typeof payoutFileOrderSchema>,
  ): Promise<PayoutFile> {
    const scope = scopeFor(actor, 'payout.act');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const before = await payoutById(trx, scope, payoutId);
      if (before === null) throw Problem.notFound('payout');
      const day = executionDate ?? localDate(now(), await timeZoneOf(trx, before.condominiumId));
      const made = await storePayoutFile(trx, { payoutId, by: actor.label, now: now(), executionDate: day });
      if ('refused' in made) throw payoutProblem(made.refused);
      const after = await payoutById(trx, scope, payoutId);
      if (made.changed && after !== null) await audit(trx, actor, { action: 'file', before, after });
      return made.file;
    });
  }

  async #act(
    actor: Actor,
    payoutId: string,
    action: string,
    act: (trx: Sql, deed: { payoutId: string; by: string; now: Date }) => Promise<PayoutDone>,
  ): Promise<Payout> {
    const scope = scopeFor(actor, 'payout.act');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const before = await payoutById(trx, scope, payoutId);
      if (before === null) throw Problem.notFound('payout');
      const done = await act(trx, { payoutId, by: actor.label, now: now() });
      if ('refused' in done) throw payoutProblem(done.refused);
      const after = await payoutById(trx, scope, payoutId);
      if (after === null) throw new Error(`payout ${payoutId} vanished while it was decided on`);
      if (done.changed) await audit(trx, actor, { action, before, after });
      return after;
    });
  }
}

interface PayoutChange {
  readonly action: string;
  readonly before: Payout | null;
  readonly after: Payout;
}

async function audit(trx: Sql, actor: Actor, { action, before, after }: PayoutChange): Promise<void> {
  const { payoutId, state, totalCents, paidOn, bankReference, cancelledReason } = after;
  await recordAudit(trx, {
    actor: actor.label,
    action: `payout.${action}`,
    subject: `payout/${payoutId}`,
    installationId: null,
    before: before === null ? null : { state: before.state },
    after: { state, totalCents, paidOn, bankReference, cancelledReason },
  });
}

/** That the parties belong together; a payout to a stranger is a mistake of who asks. */
async function installationOf(trx: Sql, parties: { condominiumId: string; issuerId: string }): Promise<void> {
  const found = await trx
    .selectFrom('installation')
    .where('condominium_id', '=', parties.condominiumId)
    .where('issuer_id', '=', parties.issuerId)
    .select('id')
    .executeTakeFirst();
  if (found === undefined) throw Problem.notFound('condominium');
}
