import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { sql as raw } from 'kysely';
import { z } from 'zod';

import { debtsQuery, type Debt } from '#libs/arrears/debts-of.js';
import { covers } from '#libs/identity/permissions.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { debtPageSchema, type DebtRow, type Page } from './api-types.js';
import { decodeCursor, pageOf, pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject(pagingFields);
const cursorShape = z.tuple([z.iso.date(), z.string(), z.uuid()]);

@ApiTags('money')
@Controller('api/v1/condominiums/:id/debts')
export class DebtsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Who owes a condominium since when, the oldest first', debtPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Param('id') condominiumId: string,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<DebtRow>> {
    const scope = scopeFor(actor, 'arrears.debts');
    const { sql, now } = this.backoffice;
    const known = await sql.selectFrom('condominium').where('id', '=', condominiumId).select('id').executeTakeFirst();
    if (known === undefined || !covers(scope, { condominiumId, customerId: null }))
      throw Problem.notFound('condominium');
    const after = decodeCursor(query.cursor, cursorShape);
    const later =
      after === null
        ? raw`true`
        : raw`(debt."dueDate", debt."numberText", debt."documentId") > (${after[0]}::date, ${after[1]}, ${after[2]}::uuid)`;
    const { rows } = await raw<Debt>`
      select debt.* from (${debtsQuery({ of: { condominiumId }, asOf: now(), order: 'oldest' })}) debt
      where ${later} order by debt."dueDate", debt."numberText", debt."documentId" limit ${query.limit + 1}`.execute(
      sql,
    );
    return pageOf(rows, query.limit, ({ dueDate, numberText, documentId }) => [dueDate, numberText, documentId], rowOf);
  }
}

const rowOf = (debt: Debt): DebtRow => ({
  documentId: debt.documentId,
  numberText: debt.numberText,
  customerId: debt.customerId,
  customerName: debt.customerName,
  period: debt.period,
  dueDate: debt.dueDate,
  daysLate: debt.daysLate,
  currency: debt.currency,
  dueCents: debt.dueCents,
  stage: debt.stage,
});
