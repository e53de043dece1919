import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Request } from 'express';
import type Stripe from 'stripe';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import { moneyPageUrl } from '#libs/notifications/money-page.js';
import { startCheckout, type CheckoutOrder } from '#libs/payments/checkout/start-checkout.js';
import type { PaymentNotice } from '#libs/payments/handle-webhook.js';
import { createMandateLink } from '#libs/payments/mandates/mandate-link.js';
import { mandateText } from '#libs/payments/mandates/mandate-text.js';
import { withdrawMandate } from '#libs/payments/mandates/withdraw-mandate.js';
import { startRefund } from '#libs/payments/refunds/start-refund.js';
import { registerMandate } from '#libs/payments/register-mandate.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  madeRefundSchema,
  makeRefundSchema,
  mandateLinkSchema,
  moneySchema,
  signedMandateSchema,
  signMandateSchema,
  startCheckoutSchema,
  startedCheckoutSchema,
  withdrawnMandateSchema,
  type MadeRefund,
  type MakeRefund,
  type MandateLinkAnswer,
  type Money,
  type SignedMandate,
  type SignMandate,
  type StartCheckout,
  type StartedCheckoutAnswer,
  type WithdrawnMandateAnswer,
} from './api-types.js';
import { customerInScope, moneyOf, type CustomerInScope } from './money.queries.js';
import { tellPayer } from './payment-notices.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.uuid();

/** A customer's money: what is due, and every way to pay it, have it debited, or get it back. */
@ApiTags('money')
@Controller('api/v1/customers/:id')
export class MoneyController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('money')
  @Answers('What a customer owes, has paid ahead and has under way; mandates, and how to pay', moneySchema)
  async money(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<Money> {
    const customer = await this.#customer(scopeFor(actor, 'customer.read'), id);
    const { sql, stripe, now } = this.backoffice;
    return moneyOf(sql, customer, { now: now(), canPay: stripe !== null });
  }

  @Post('checkouts')
  @HttpCode(200)
  @Answers(
    "Opens the payment provider's page for invoices or a top-up, once per Idempotency-Key",
    startedCheckoutSchema,
  )
  async checkout(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: startCheckoutSchema }) { pays, method }: StartCheckout,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<StartedCheckoutAnswer> {
    const customer = await this.#customer(scopeFor(actor, 'payment.make'), id);
    const payments = this.#payments();
    const order = { customerId: id, key: keyed(key), pays: paysOf(pays), method, by: actor.label };
    const started = await startCheckout(payments, { ...order, ...this.#common(actor, customer) });
    if ('refused' in started) throw refusal(started.refused);
    await this.#audit(actor, customer, 'payment.checkout', { pays, method, ...started, url: undefined });
    return started;
  }

  @Post('mandates')
  @HttpCode(200)
  @Answers('Signs a direct debit mandate for an account; the text that was shown is kept with it', signedMandateSchema)
  async sign(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: signMandateSchema }) body: SignMandate,
    @Headers('idempotency-key') key: string | undefined,
    @Req() request: Request,
  ): Promise<SignedMandate> {
    const customer = await this.#customer(scopeFor(actor, 'payment.make'), id);
    const payments = this.#payments();
    const now = this.backoffice.now();
    if (body.textVersion !== mandateText(customer.language, now.toISOString().slice(0, 10), '').version) {
      throw Problem.refused('The mandate text has changed: read it again.', 'mandate-text-changed');
    }
    const acceptance = {
      ipAddress: request.ip ?? '',
      userAgent: request.get('user-agent') ?? '',
      acceptedAt: now,
    };
    const { accountHolder, iban } = body;
    const holder = accountHolder === undefined ? {} : { accountHolder };
    const order = { customerId: id, key: `${id}/${keyed(key)}`, acceptance, iban, ...holder, now };
    const signed = await registerMandate(payments, order);
    if ('refused' in signed) throw refusal(signed.refused);
    const { mandateId, status, ibanLast4 } = signed;
    await this.#audit(actor, customer, 'mandate.sign', { mandateId, status, ibanLast4 });
    if (status === 'active') await this.#tell({ kind: 'mandate-active', mandateId });
    return { mandateId, status, ibanLast4 };
  }

  @Post('mandate-links')
  @HttpCode(200)
  @Answers("Opens the provider's page on which a mandate is signed; staff's link is mailed", mandateLinkSchema)
  async link(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<MandateLinkAnswer> {
    const customer = await this.#customer(scopeFor(actor, 'payment.make'), id);
    const payments = this.#payments();
    const common = this.#common(actor, customer);
    const link = await createMandateLink(payments, {
      customerId: id,
      key: keyed(key),
      by: actor.label,
      ...common,
    });
    if ('refused' in link) throw refusal(link.refused);
    await this.#audit(actor, customer, 'mandate.link', { linkId: link.linkId });
    if (actor.role !== 'resident') await this.#tell({ kind: 'mandate-link', linkId: link.linkId });
    return link;
  }

  @Post('mandates/:mandateId/withdraw')
  @HttpCode(200)
  @Answers('Withdraws a mandate: no debit starts with it any more', withdrawnMandateSchema)
  async withdraw(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('mandateId', { schema: idSchema }) mandateId: string,
  ): Promise<WithdrawnMandateAnswer> {
    const customer = await this.#customer(scopeFor(actor, 'payment.make'), id);
    const payments = this.#payments();
    const order = { customerId: id, mandateId, now: this.backoffice.now() };
    const withdrawn = await withdrawMandate(payments, order);
    if ('refused' in withdrawn) throw Problem.notFound('mandate');
    await this.#audit(actor, customer, 'mandate.withdraw', withdrawn);
    await this.#tell({ kind: 'mandate-ended', mandateId });
    return withdrawn;
  }

  @Post('refunds')
  @HttpCode(200)
  @Answers('Gives back what a customer has paid ahead, once per Idempotency-Key', madeRefundSchema)
  async refund(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: makeRefundSchema }) { amountCents, to, reason }: MakeRefund,
    @Headers('idempotency-key') key: string | undefined,
  ): Promise<MadeRefund> {
    const customer = await this.#customer(scopeFor(actor, 'refund.make'), id);
    const payments = this.#payments();
    const order = { customerId: id, key: keyed(key), amountCents, to, reason, by: actor.label };
    const made = await startRefund(payments, { ...order, now: this.backoffice.now() });
    if ('refused' in made) throw refusal(made.refused);
    await this.#audit(actor, customer, 'refund.make', { amountCents, way: to.way, reason, ...made });
    return { refunds: [...made.refunds] };
  }

  async #customer(scope: TenantScope, id: string): Promise<CustomerInScope> {
    const found = await customerInScope(this.backoffice.sql, scope, id);
    if (found === null) throw Problem.notFound('customer');
    return found;
  }

  #payments(): { sql: Backoffice['sql']; stripe: Stripe } {
    const { sql, stripe } = this.backoffice;
    if (stripe === null)
      throw new Problem(503, 'stripe-not-configured', 'Not configured', 'STRIPE_SECRET_KEY is not set.');
    return { sql, stripe };
  }

  /** A resident comes back to their own page, staff to the customer's. */
  #common(actor: Actor, { id }: CustomerInScope) {
    const { settings, now } = this.backoffice;
    const staffPage = `${settings.publicUrl}/customers/${encodeURIComponent(id)}/money`;
    return { returnUrl: actor.role === 'resident' ? moneyPageUrl(settings.publicUrl) : staffPage, now: now() };
  }

  #tell(notice: PaymentNotice): Promise<void> {
    const { sql, workflows, settings } = this.backoffice;
    return tellPayer(
      { sql, moneyPageUrl: moneyPageUrl(settings.publicUrl), sendLetter: (mailId) => workflows.sendLetter(mailId) },
      notice,
    );
  }

  async #audit(actor: Actor, { id, installationId }: CustomerInScope, action: string, after: unknown): Promise<void> {
    const event = { actor: actor.label, action, subject: `customer/${id}`, installationId };
    await recordAudit(this.backoffice.sql, { ...event, before: null, after });
  }
}

function keyed(key: string | undefined): string {
  if (key === undefined) throw Problem.invalidField('Idempotency-Key', 'Money moves only with an Idempotency-Key.');
  return key;
}

function paysOf(pays: StartCheckout['pays']): CheckoutOrder['pays'] {
  if (pays.purpose === 'top-up') return pays;
  const { documentIds, amountCents } = pays;
  return {
    purpose: 'invoices',
    ...(documentIds === undefined ? {} : { documentIds }),
    ...(amountCents === undefined ? {} : { amountCents }),
  };
}

const REFUSALS: Readonly<Record<string, string>> = {
  CUSTOMER_NOT_FOUND: 'There is no such customer.',
  EMAIL_MISSING: 'The customer has no e-mail address on record; the provider needs one.',
  AMOUNT_NOT_POSITIVE: 'The amount must be more than zero.',
  IBAN_INVALID: 'This IBAN is not valid.',
  'CHECKOUT.NOTHING_DUE': 'Nothing is due that could be paid now.',
  'CHECKOUT.NOT_DUE': 'Nothing is due on one of these invoices.',
  'CHECKOUT.DEBIT_IN_FLIGHT': 'One of these invoices is being debited by the bank right now.',
  'CHECKOUT.AMOUNT_OUT_OF_RANGE': 'The amount is too small or too large for this way of paying, or more than is due.',
  'CHECKOUT.CURRENCY_NOT_PAYABLE': 'Only invoices in euros can be paid here.',
  'CHECKOUT.KEY_USED_FOR_OTHER_PAYMENT': 'This Idempotency-Key was used for another payment.',
  'CHECKOUT.TOO_LATE': 'The page was not opened in time: begin again.',
  'REFUND.BEYOND_BALANCE': 'The customer has not so much paid ahead.',
  'REFUND.ORDER_OPEN': 'Another refund by the bank is open: it must be over first.',
  'REFUND.BEYOND_PAYMENTS':
    'The payments that it could go back on are not enough, or too old: give it back by the bank.',
  'REFUND.KEY_USED_FOR_OTHER_REFUND': 'This Idempotency-Key was used for another refund.',
};

function refusal({ code }: { readonly code: string }): Problem {
  const words = REFUSALS[code];
  if (words === undefined) throw new Error(`the refusal ${code} has no words`);
  return Problem.refused(words, code.toLowerCase().replaceAll(/[._]/g, '-'));
}
