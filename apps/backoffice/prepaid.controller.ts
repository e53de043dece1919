import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import { orderConversion } from '#libs/payments/prepaid/conversion.js';
import { leaveOrder } from '#libs/payments/prepaid/leave-order.js';
import { prepaidHome } from '#libs/payments/prepaid/prepaid-home.js';
import { giveRefundAccount } from '#libs/payments/prepaid/refunds.js';
import { rulesAt, setRules, type PrepaidRules } from '#libs/payments/prepaid/settings.js';
import type { Sql } from '#libs/persistence/database.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  orderAutoTopUpSchema,
  orderConversionSchema,
  orderLeavingSchema,
  prepaidRulesSchema,
  prepaidSchema,
  refundAccountSchema,
  type AutoTopUpOrder,
  type ConversionOrder,
  type LeavingOrder,
  type Prepaid,
  type PrepaidRulesOrder,
  type RefundAccount,
} from './api-types.js';
import { refusedAs } from './prepaid-refusals.js';
import { isVisible, prepaidAccount } from './prepaid.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';
import { WorkflowsAway } from './workflow-gateway.js';

/** Who may not set the floor: it protects the condominium, not the customer. */
const maySetFloor = ({ role }: Actor): boolean => role !== 'resident';

@ApiTags('prepaid')
@Controller('api/v1/customers/:id/prepaid')
export class PrepaidController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('A prepaid account: balance, what is consumed and not billed, rules, top-ups', prepaidSchema)
  async one(@CurrentActor() actor: Actor, @Param('id') customerId: string): Promise<Prepaid> {
    return this.#account(scopeFor(actor, 'customer.read'), customerId);
  }

  @Post('rules')
  @HttpCode(200)
  @Answers('Sets the threshold of notices and, for staff, the floor of an account', prepaidSchema)
  async rules(
    @CurrentActor() actor: Actor,
    @Param('id') customerId: string,
    @Body({ schema: prepaidRulesSchema }) body: PrepaidRulesOrder,
  ): Promise<Prepaid> {
    const scope = scopeFor(actor, 'prepaid.act');
    if (body.floorCents !== undefined && !maySetFloor(actor)) throw Problem.notAllowed('the floor of an account');
    const { floorCents, lowBalanceCents } = body;
    return this.#setRules(scope, actor, customerId, (before) => ({
      ...before,
      floorCents: floorCents ?? before.floorCents,
      lowBalanceCents: lowBalanceCents ?? before.lowBalanceCents,
    }));
  }

  @Post('auto-top-up')
  @HttpCode(200)
  @Answers('Switches automatic top-up by mandate on, with the consent to it, or off', prepaidSchema)
  async autoTopUp(
    @CurrentActor() actor: Actor,
    @Param('id') customerId: string,
    @Body({ schema: orderAutoTopUpSchema }) { autoTopUp }: AutoTopUpOrder,
  ): Promise<Prepaid> {
    const scope = scopeFor(actor, 'prepaid.act');
    const at = this.backoffice.now().toISOString();
    return this.#setRules(scope, actor, customerId, (before) => {
      if (autoTopUp === null) return { ...before, autoTopUp: null };
      const { evidence, ...amounts } = autoTopUp;
      return { ...before, autoTopUp: { ...amounts, consent: { at, by: actor.label, evidence } } };
    });
  }

  @Post('conversion')
  @HttpCode(200)
  @Answers('Orders another way of paying from the next month on', prepaidSchema)
  async convert(
    @CurrentActor() actor: Actor,
    @Param('id') customerId: string,
    @Body({ schema: orderConversionSchema }) { method, rest }: ConversionOrder,
  ): Promise<Prepaid> {
    const scope = scopeFor(actor, 'prepaid.act');
    await this.#visible(scope, customerId);
    const { sql, now } = this.backoffice;
    await sql.transaction().execute(async (trx) => {
      const ordered = await orderConversion(trx, { customerId, method, rest, by: actor.label, now: now() });
      if ('refused' in ordered) throw refusedAs(ordered.refused.code);
      const { formerMethod, fromPeriod } = ordered.ok;
      await audit(trx, actor, customerId, {
        action: 'convert',
        before: { method: formerMethod },
        after: { method, fromPeriod, rest },
      });
    });
    return this.#account(scope, customerId);
  }

  @Post('leaving')
  @HttpCode(200)
  @Answers('Pays the open invoices from the balance, oldest first, and proposes a refund of the rest', prepaidSchema)
  async leave(
    @CurrentActor() actor: Actor,
    @Param('id') customerId: string,
    @Body({ schema: orderLeavingSchema }) { iban }: LeavingOrder,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<Prepaid> {
    const scope = scopeFor(actor, 'prepaid.act');
    await this.#visible(scope, customerId);
    const { sql, now } = this.backoffice;
    const occasion = `asked/${key ?? now().toISOString()}`;
    await sql.transaction().execute(async (trx) => {
      const order = { customerId, occasion, iban, by: actor.label, now: now() } as const;
      const left = await leaveOrder(trx, order);
      if ('refused' in left) throw refusedAs(left.refused.code);
      const { restCents, stillDueCents, refundOrderId } = left;
      const after = { restCents, stillDueCents, refundOrderId };
      await audit(trx, actor, customerId, { action: 'leave', before: null, after });
    });
    return this.#account(scope, customerId);
  }

  @Post('refund-account')
  @HttpCode(200)
  @Answers('Names the account that the open refund goes to; it is kept until it is there', prepaidSchema)
  async account(
    @CurrentActor() actor: Actor,
    @Param('id') customerId: string,
    @Body({ schema: refundAccountSchema }) { iban }: RefundAccount,
  ): Promise<Prepaid> {
    const scope = scopeFor(actor, 'prepaid.act');
    const before = await this.#account(scope, customerId);
    if (before.refund === null) throw Problem.notFound('refund');
    const { id: orderId, ibanLast4 } = before.refund;
    await this.backoffice.sql.transaction().execute(async (trx) => {
      const given = await giveRefundAccount(trx, { orderId, iban });
      if ('refused' in given) throw refusedAs(given.refused.code);
      const change = { before: { ibanLast4 }, after: { ibanLast4: given.ok.iban_last4 } };
      await audit(trx, actor, customerId, { action: 'refund-account', ...change });
    });
    return this.#account(scope, customerId);
  }

  async #setRules(
    scope: TenantScope,
    actor: Actor,
    customerId: string,
    change: (before: PrepaidRules) => PrepaidRules,
  ): Promise<Prepaid> {
    await this.#visible(scope, customerId);
    const { sql, now, workflows } = this.backoffice;
    await sql.transaction().execute(async (trx) => {
      const before = await rulesAt(trx, customerId, now());
      const set = await setRules(trx, { ...change(before), customerId, by: actor.label, now: now() });
      if ('refused' in set) throw refusedAs(set.refused.code);
      await audit(trx, actor, customerId, { action: 'rules', before, after: set.ok });
    });
    // The account is looked at by the new rules; while the workflows are away, the next sweep does it.
    await workflows.prepaidChanged(customerId).catch((error: unknown) => {
      if (!(error instanceof WorkflowsAway)) throw error;
    });
    return this.#account(scope, customerId);
  }

  async #visible(scope: TenantScope, customerId: string): Promise<void> {
    if (!(await isVisible(this.backoffice.sql, scope, customerId))) throw Problem.notFound('customer');
  }

  async #account(scope: TenantScope, customerId: string): Promise<Prepaid> {
    const found = await prepaidAccount(this.backoffice.sql, scope, customerId, this.backoffice.now());
    if (found === null) throw Problem.notFound('customer');
    return found;
  }
}

async function audit(
  trx: Sql,
  actor: Actor,
  customerId: string,
  change: { readonly action: string; readonly before: unknown; readonly after: unknown },
): Promise<void> {
  const { installationId } = await prepaidHome(trx, customerId);
  const { action, before, after } = change;
  const subject = `customer/${customerId}`;
  await recordAudit(trx, { actor: actor.label, action: `prepaid.${action}`, subject, installationId, before, after });
}
