import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { enterBillSchema, monthBillSchema, type EnterBill, type MonthBill } from './api-types.js';
import { monthBill } from './bills.queries.js';
import { enterBill } from './enter-bill.js';
import { monthById } from './months.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.uuid();

@ApiTags('months')
@Controller('api/v1/months/:cycleId/bill')
export class BillsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers("The retailer's bill of a month: where each cent went, and its invoices compared", monthBillSchema)
  async one(@CurrentActor() actor: Actor, @Param('cycleId', { schema: idSchema }) cycleId: string): Promise<MonthBill> {
    const scope = scopeFor(actor, 'bill.read');
    return this.#found(scope, cycleId);
  }

  /** An invoice of the same number is put in its place; customers' lines stay as they are. */
  @Post()
  @HttpCode(200)
  @Answers("Enters the retailer's invoice of a month", monthBillSchema)
  async enter(
    @CurrentActor() actor: Actor,
    @Param('cycleId', { schema: idSchema }) cycleId: string,
    @Body({ schema: enterBillSchema }) invoice: EnterBill,
  ): Promise<MonthBill> {
    const scope = scopeFor(actor, 'bill.enter');
    const month = await monthById(this.backoffice.sql, scope, cycleId, this.backoffice.settings);
    if (month === null) throw Problem.notFound('month');
    await enterBill(this.backoffice, actor, month, invoice);
    return this.#found(scope, cycleId);
  }

  async #found(scope: TenantScope, cycleId: string): Promise<MonthBill> {
    const found = await monthBill(this.backoffice.sql, scope, cycleId);
    if (found === null) throw Problem.notFound('month');
    return found;
  }
}
