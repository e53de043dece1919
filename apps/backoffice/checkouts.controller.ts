import { Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { CheckoutState } from '#libs/payments/checkout/apply-checkout.js';
import { UNSETTLED } from '#libs/payments/checkout/checkout-rows.js';
import { refreshCheckout } from '#libs/payments/checkout/refresh-checkout.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { checkoutSchema, type Checkout } from './api-types.js';
import { announce } from './live-announcement.js';
import { checkoutOf, customerInScope, type CustomerInScope } from './money.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';

const idSchema = z.uuid();

/** What came of a payment on the provider's page: asked by who comes back from it. */
@ApiTags('money')
@Controller('api/v1/customers/:id/checkouts/:checkoutId')
export class CheckoutsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers("How a payment on the provider's page stands, as far as it is known here", checkoutSchema)
  async checkout(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('checkoutId', { schema: idSchema }) checkoutId: string,
  ): Promise<Checkout> {
    await this.#customer(scopeFor(actor, 'customer.read'), id);
    return this.#found(id, checkoutId);
  }

  /** Coming back from a page proves nothing: only what the provider says of the payment is credited. */
  @Post('refresh')
  @HttpCode(200)
  @Answers('Asks the provider how a payment stands, and credits it once when it was made', checkoutSchema)
  async refresh(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('checkoutId', { schema: idSchema }) checkoutId: string,
  ): Promise<Checkout> {
    const customer = await this.#customer(scopeFor(actor, 'payment.make'), id);
    const { state } = await this.#found(id, checkoutId);
    if (UNSETTLED.some((one) => one === state)) await this.#ask(customer, checkoutId);
    return this.#found(id, checkoutId);
  }

  async #ask(customer: CustomerInScope, checkoutId: string): Promise<void> {
    const { sql, stripe, now } = this.backoffice;
    const row = await sql
      .selectFrom('checkout')
      .select('provider_session_id as sessionId')
      .where('id', '=', checkoutId)
      .executeTakeFirst();
    if (stripe === null || row === undefined || row.sessionId === null) return;
    const after = await refreshCheckout({ sql, stripe }, { sessionId: row.sessionId, now: now() });
    if (after !== null && after.state === 'succeeded') await this.#tell(customer, after);
  }

  /** The webhook of it tells the workflows too: when they are away, that one is repeated until they are back. */
  async #tell({ installationId: installation }: CustomerInScope, { documentIds }: CheckoutState): Promise<void> {
    const { sql, workflows } = this.backoffice;
    for (const documentId of documentIds) {
      await announce(sql, { topic: 'collection', installation, id: documentId });
      await workflows.ledgerChanged(documentId).catch((error: unknown) => {
        if (!(error instanceof WorkflowsAway)) throw error;
      });
    }
  }

  async #customer(scope: TenantScope, id: string): Promise<CustomerInScope> {
    const found = await customerInScope(this.backoffice.sql, scope, id);
    if (found === null) throw Problem.notFound('customer');
    return found;
  }

  async #found(customerId: string, checkoutId: string): Promise<Checkout> {
    const found = await checkoutOf(this.backoffice.sql, customerId, checkoutId);
    if (found === null) throw Problem.notFound('checkout');
    return found;
  }
}
