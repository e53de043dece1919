import { Controller, Get, Headers, Inject, Param, Query, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { z } from 'zod';

import { covers } from '#libs/identity/permissions.js';
import { dayStatement } from '#libs/ledger/day-statement.js';
import { statementCsv } from '#libs/ledger/statement-csv.js';
import { STATEMENT_LANGUAGES } from '#libs/ledger/statement-words.js';
import { debitsOfWeek } from '#libs/payments/debit-week.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { debitWeekSchema, statementSchema, type DebitWeek, type StatementPage } from './api-types.js';
import { attachment } from './attachment.js';
import { customerInScope } from './money.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { statementPage, type StatementRequest } from './statement-page.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const spanQuery = z
  .strictObject({
    ...pagingFields,
    from: z.iso.date(),
    to: z.iso.date(),
    format: z.enum(['json', 'csv']).optional(),
    /** Of the CSV's words. */
    lang: z.enum(STATEMENT_LANGUAGES).default('pt'),
  })
  .refine(({ from, to }) => from < to, { path: ['to'], error: 'to must be after from' });
type Span = z.infer<typeof spanQuery>;

/** Statements from the books, and the week's limit of debits. */
@ApiTags('money')
@Controller('api/v1')
export class StatementsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('customers/:id/statement')
  @Answers('What a customer owed, paid and has, day by day; CSV by `format=csv` or Accept', statementSchema)
  async customer(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: spanQuery }) span: Span,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StatementPage | string> {
    const found = await customerInScope(this.backoffice.sql, scopeFor(actor, 'customer.read'), id);
    if (found === null) throw Problem.notFound('customer');
    const of = { kind: 'customer', customerId: id } as const;
    return this.#answer({ of, timeZone: found.timeZone }, { span, accept, response });
  }

  @Get('condominiums/:id/statement')
  @Answers('What was recovered for a condominium and paid out; CSV by `format=csv` or Accept', statementSchema)
  async condominium(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: spanQuery }) span: Span,
    @Headers('accept') accept: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ): Promise<StatementPage | string> {
    const scope = scopeFor(actor, 'statement.read');
    const found = await this.backoffice.sql
      .selectFrom('condominium')
      .leftJoin('installation', 'installation.condominium_id', 'condominium.id')
      .where('condominium.id', '=', id)
      .orderBy('installation.id')
      .select('installation.time_zone as zone')
      .executeTakeFirst();
    if (found === undefined || !covers(scope, { condominiumId: id, customerId: null })) {
      throw Problem.notFound('condominium');
    }
    const of = { kind: 'condominium', condominiumId: id } as const;
    return this.#answer({ of, timeZone: found.zone ?? 'Europe/Lisbon' }, { span, accept, response });
  }

  @Get('system/debit-week')
  @Answers('What the debits of seven days come to, and the limit of a new account', debitWeekSchema)
  async week(@CurrentActor() actor: Actor): Promise<DebitWeek> {
    scopeFor(actor, 'system.read');
    const { sql, settings, now } = this.backoffice;
    const debits = await debitsOfWeek(sql, now());
    const { count } = await sql
      .selectFrom('collection')
      .where('waits_for', '=', 'weekly-limit')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    return {
      limitCents: settings.stripe.weeklyLimitCents,
      usedCents: debits.reduce((sum, { amountCents }) => sum + amountCents, 0),
      waiting: Number(count),
    };
  }

  async #answer(
    whose: Pick<StatementRequest, 'of' | 'timeZone'>,
    {
      span,
      accept,
      response,
    }: { readonly span: Span; readonly accept: string | undefined; readonly response: Response },
  ): Promise<StatementPage | string> {
    const { sql } = this.backoffice;
    const request = { ...whose, ...span };
    if (!isCsv(span, accept)) return statementPage(sql, request);
    const { of, from, to } = request;
    const owner = of.kind === 'customer' ? of.customerId : of.condominiumId;
    response.setHeader('content-type', 'text/csv; charset=utf-8');
    response.setHeader('content-disposition', attachment(`statement-${owner}-${from}-${to}.csv`));
    return statementCsv(await dayStatement(sql, request), request.lang);
  }
}

function isCsv({ format }: Span, accept: string | undefined): boolean {
  return format === 'csv' || (format === undefined && accept?.startsWith('text/csv') === true);
}
