import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';

import { closeComplaint, openComplaint } from '#libs/arrears/complaints.js';
import { debtsOf } from '#libs/arrears/debts-of.js';
import { handOverDebt, writeOffDebt } from '#libs/arrears/end-case.js';
import { managerLetter } from '#libs/arrears/manager-letter.js';
import { agreePlan, askForPlan, declinePlan, endPlan } from '#libs/arrears/payment-plans.js';
import { proveLetter } from '#libs/arrears/prove-letter.js';
import { liftSuspension } from '#libs/arrears/suspension.js';
import { queueMail } from '#libs/notifications/queue-mail.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers, AnswersFile } from './answers.js';
import type { Page } from './api-values.js';
import { arrearsCase, arrearsCases } from './arrears-cases.queries.js';
import { arrearsDetail } from './arrears-detail.queries.js';
import {
  agreePlanSchema,
  ARREARS_NEEDS,
  arrearsDetailSchema,
  arrearsPageSchema,
  arrearsWordsSchema,
  registeredLetterSchema,
  type AgreePlan,
  type ArrearsCase,
  type ArrearsDetail,
  type ArrearsWords,
  type RegisteredLetter,
} from './arrears-types.js';
import { changeCase, type CaseChange } from './change-case.js';
import { debtsCsv } from './debts-csv.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.uuid();
const condominiumSchema = z.string().max(100);
const listQuery = z.strictObject({
  ...pagingFields,
  installation: z.string().max(100).optional(),
  customer: z.string().max(100).optional(),
  need: z.enum(['any', ...ARREARS_NEEDS]).optional(),
  open: z.stringbool().optional(),
});

/** Cases as people see them, and what they do to them in the database; commands to the workflow are ArrearsController's. */
@ApiTags('arrears')
@Controller('api/v1/arrears')
export class ArrearsCasesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers(
    'Unpaid invoices that are chased, oldest due date first; need= says what waits for a person',
    arrearsPageSchema,
  )
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<ArrearsCase>> {
    const scope = scopeFor(actor, 'arrears.read');
    return arrearsCases(this.backoffice.sql, scope, query, this.backoffice.settings);
  }

  @Get('debts/:condominiumId')
  @AnswersFile('Who owes a condominium since when, as CSV')
  async debts(
    @CurrentActor() actor: Actor,
    @Param('condominiumId', { schema: condominiumSchema }) condominiumId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<string> {
    const scope = scopeFor(actor, 'arrears.debts');
    const { sql, now } = this.backoffice;
    const isTheirs = scope.kind === 'all' || (scope.kind === 'condominium' && scope.condominiumId === condominiumId);
    const condominium = await sql
      .selectFrom('condominium')
      .select('id')
      .where('id', '=', condominiumId)
      .executeTakeFirst();
    if (!isTheirs || condominium === undefined) throw Problem.notFound('condominium');
    response.type('text/csv; charset=utf-8').attachment(`dividas-${condominiumId}.csv`);
    return debtsCsv(await debtsOf(sql, condominiumId, now()));
  }

  @Get(':documentId')
  @Answers('One case: what was, what is ahead and when, plan, complaints, letters, interest', arrearsDetailSchema)
  async one(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
  ): Promise<ArrearsDetail> {
    const { sql, settings } = this.backoffice;
    const found = await arrearsCase(sql, scopeFor(actor, 'arrears.read'), documentId, settings);
    if (found === null) throw Problem.notFound('arrears case');
    return arrearsDetail(sql, found);
  }

  @Post(':documentId/complaint')
  @HttpCode(200)
  @Answers('Complains about a chased invoice: nobody is chased while it is open', arrearsDetailSchema)
  complain(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: arrearsWordsSchema }) body: ArrearsWords,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.ask', actor, documentId, 'complain', body, (trx, order) => openComplaint(trx, order));
  }

  @Post(':documentId/complaint/close')
  @HttpCode(200)
  @Answers('Closes the complaint with its answer: the chase goes on where it stood', arrearsDetailSchema)
  closeComplaint(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: arrearsWordsSchema }) body: ArrearsWords,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.act', actor, documentId, 'close-complaint', body, (trx, order) =>
      closeComplaint(trx, order),
    );
  }

  @Post(':documentId/plan')
  @HttpCode(200)
  @Answers('Agrees on instalments for what is due now', arrearsDetailSchema)
  plan(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: agreePlanSchema }) body: AgreePlan,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.act', actor, documentId, 'agree-plan', body, (trx, order) => agreePlan(trx, order));
  }

  @Post(':documentId/plan/ask')
  @HttpCode(200)
  @Answers('Asks for a payment plan', arrearsDetailSchema)
  askForPlan(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: arrearsWordsSchema }) body: ArrearsWords,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.ask', actor, documentId, 'ask-for-plan', body, (trx, { reason: words, ...order }) =>
      askForPlan(trx, { ...order, words }),
    );
  }

  @Post(':documentId/plan/decline')
  @HttpCode(200)
  @Answers('Declines the plan that was asked for', arrearsDetailSchema)
  declinePlan(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: arrearsWordsSchema }) body: ArrearsWords,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.act', actor, documentId, 'decline-plan', body, (trx, order) =>
      declinePlan(trx, order),
    );
  }

  @Post(':documentId/plan/end')
  @HttpCode(200)
  @Answers('Ends a kept plan: the chase goes on where it stood', arrearsDetailSchema)
  endPlan(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: arrearsWordsSchema }) body: ArrearsWords,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.act', actor, documentId, 'end-plan', body, (trx, order) => endPlan(trx, order));
  }

  @Post(':documentId/registered-letter')
  @HttpCode(200)
  @Answers('Notes that a letter was sent by registered post: the proof its time runs from', arrearsDetailSchema)
  registeredLetter(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: registeredLetterSchema }) body: RegisteredLetter,
  ): Promise<ArrearsDetail> {
    const givenAt = new Date(`${body.sentOn}T12:00:00Z`);
    if (givenAt.getTime() > this.backoffice.now().getTime() + 86_400_000) {
      throw Problem.invalidField('sentOn', 'The day is still to come.');
    }
    return this.#change('arrears.act', actor, documentId, 'registered-letter', body, (trx, order) =>
      proveLetter(trx, { ...order, channel: 'registered-letter', mailId: null, givenAt }),
    );
  }

  @Post(':documentId/write-off')
  @HttpCode(200)
  @Answers('Writes off what is due and ends the case', arrearsDetailSchema)
  writeOff(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: arrearsWordsSchema }) body: ArrearsWords,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.act', actor, documentId, 'write-off', body, (trx, order) => writeOffDebt(trx, order));
  }

  /** The manager's letter is queued with it. */
  @Post(':documentId/hand-over')
  @HttpCode(200)
  @Answers('Hands the debt over to the condominium and ends the case', arrearsDetailSchema)
  handOver(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: arrearsWordsSchema }) body: ArrearsWords,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.act', actor, documentId, 'hand-over', body, async (trx, order) => {
      const done = await handOverDebt(trx, order);
      if ('refused' in done) return done;
      await queueMail(trx, await managerLetter(trx, { documentId, kind: 'handed-over', reason: order.reason }));
      return done;
    });
  }

  @Post(':documentId/lift-suspension')
  @HttpCode(200)
  @Answers('Lets the debtor charge again although the debt stands', arrearsDetailSchema)
  liftSuspension(
    @CurrentActor() actor: Actor,
    @Param('documentId', { schema: idSchema }) documentId: string,
    @Body({ schema: arrearsWordsSchema }) body: ArrearsWords,
  ): Promise<ArrearsDetail> {
    return this.#change('arrears.act', actor, documentId, 'lift-suspension', body, async (trx, order) => {
      const { lifted } = await liftSuspension(trx, order);
      return lifted ? { lifted } : { refused: { code: 'SUSPENSION.NOT_IN_FORCE' as const } };
    });
  }

  async #change<Body extends object>(
    permission: 'arrears.act' | 'arrears.ask',
    actor: Actor,
    documentId: string,
    action: string,
    body: Body,
    work: CaseChange<Body>['work'],
  ): Promise<ArrearsDetail> {
    const scope = scopeFor(actor, permission);
    const { sql, settings } = this.backoffice;
    const before = await arrearsCase(sql, scope, documentId, settings);
    if (before === null) throw Problem.notFound('arrears case');
    await changeCase(this.backoffice, { actor, before, action, body, work });
    const after = await arrearsCase(sql, scope, documentId, settings);
    return arrearsDetail(sql, after ?? before);
  }
}
