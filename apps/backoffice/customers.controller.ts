import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  customerDetailSchema,
  customerMonthDetailSchema,
  customerPageSchema,
  receiptPageSchema,
  type Customer,
  type CustomerDetail,
  type CustomerMonthDetail,
  type Page,
  type Receipt,
} from './api-types.js';
import { customerMonth } from './customer-month.queries.js';
import { customerById, customers } from './customers.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { receiptsOfCustomer } from './receipts.queries.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject({
  ...pagingFields,
  installation: z.string().max(200).optional(),
  q: z.string().trim().max(200).optional(),
});

const receiptsQuery = z.strictObject(pagingFields);

@ApiTags('customers')
@Controller('api/v1/customers')
export class CustomersController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Customers by number; `q` looks into number, name, e-mail and spots', customerPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Customer>> {
    const scope = scopeFor(actor, 'customer.read');
    return customers(this.backoffice.sql, scope, query, this.backoffice.now());
  }

  @Get(':id')
  @Answers('A customer with balance, mandate and months', customerDetailSchema)
  async one(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<CustomerDetail> {
    const scope = scopeFor(actor, 'customer.read');
    const found = await customerById(this.backoffice.sql, scope, id, this.backoffice.now());
    if (found === null) throw Problem.notFound('customer');
    return found;
  }

  @Get(':id/receipts')
  @Answers('What a customer has paid, with the receipts of it, the latest first', receiptPageSchema)
  async receipts(
    @CurrentActor() actor: Actor,
    @Param('id') customerId: string,
    @Query({ schema: receiptsQuery }) query: z.infer<typeof receiptsQuery>,
  ): Promise<Page<Receipt>> {
    const { sql, now } = this.backoffice;
    const scope = scopeFor(actor, 'invoice.read');
    if ((await customerById(sql, scope, customerId, now())) === null) throw Problem.notFound('customer');
    return receiptsOfCustomer(sql, scope, { customerId, ...query });
  }

  @Get(':id/months/:cycleId')
  @Answers("A customer's month down to its lines, sessions and days", customerMonthDetailSchema)
  async month(
    @CurrentActor() actor: Actor,
    @Param('id') customerId: string,
    @Param('cycleId', { schema: z.uuid() }) cycleId: string,
  ): Promise<CustomerMonthDetail> {
    const scope = scopeFor(actor, 'customer.read');
    const found = await customerMonth(this.backoffice.sql, scope, { customerId, cycleId }, this.backoffice.settings);
    if (found === null) throw Problem.notFound('month of this customer');
    return found;
  }
}
