import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { accountVault } from '#libs/payments/account-vault.js';
import { setSepaCreditor } from '#libs/payments/sepa/creditors.js';
import { endSepaMandate, registerSepaMandate } from '#libs/payments/sepa/mandates.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  SEPA_MANDATE_STATES,
  endedSchema,
  sepaCreditorAnswerSchema,
  sepaCreditorSchema,
  sepaMandateOrderSchema,
  sepaMandateSchema,
  sepaTermsPageSchema,
  storedMandatePageSchema,
  type Page,
  type SepaCreditorOrder,
  type SepaMandateOrder,
  type SepaTerms,
  type StoredMandate,
} from './api-types.js';
import { pagingFields } from './paging.js';
import { sepaMandates, sepaTerms, sepaTermsFrom } from './sepa-mandates.queries.js';
import { MANDATE_REFUSALS, sepaProblem, TERMS_REFUSALS } from './sepa-refusals.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.uuid();
const issuerId = z.string().min(1).max(60);
const termsQuery = z.strictObject({ issuerId, ...pagingFields });
const mandatesQuery = z.strictObject({
  issuerId,
  state: z.enum(SEPA_MANDATE_STATES).default('all'),
  words: z.string().max(100).default(''),
  ...pagingFields,
});
const endSchema = z.strictObject({ reason: z.string().trim().min(1).max(500) });

/** How issuers collect through their own bank, and whose debits they may make there. For staff alone. */
@ApiTags('sepa')
@Controller('api/v1/sepa')
export class SepaMandatesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('creditors')
  @Answers('The terms on which an issuer collects through its own bank, the latest first', sepaTermsPageSchema)
  async terms(
    @CurrentActor() actor: Actor,
    @Query({ schema: termsQuery }) query: z.infer<typeof termsQuery>,
  ): Promise<Page<SepaTerms>> {
    scopeFor(actor, 'collection.act');
    return sepaTerms(this.backoffice.sql, query);
  }

  @Post('creditors')
  @HttpCode(200)
  @Answers('Says that an issuer collects through its own bank from a day on', sepaCreditorAnswerSchema)
  async creditor(
    @CurrentActor() actor: Actor,
    @Body({ schema: sepaCreditorSchema }) order: SepaCreditorOrder,
  ): Promise<{ creditorRowId: string }> {
    scopeFor(actor, 'collection.act');
    const before = await sepaTermsFrom(this.backoffice.sql, order.issuerId, order.validFrom);
    const set = await setSepaCreditor(this.backoffice.sql, order);
    if ('refused' in set) throw sepaProblem(TERMS_REFUSALS[set.refused.code]);
    const after = await sepaTermsFrom(this.backoffice.sql, order.issuerId, order.validFrom);
    await this.#audit(actor, 'sepa.set-creditor', `issuer/${order.issuerId}`, { before, after });
    return set;
  }

  @Get('mandates')
  @Answers('Mandates for the issuer’s own bank, the latest first', storedMandatePageSchema)
  async mandates(
    @CurrentActor() actor: Actor,
    @Query({ schema: mandatesQuery }) query: z.infer<typeof mandatesQuery>,
  ): Promise<Page<StoredMandate>> {
    scopeFor(actor, 'collection.act');
    return sepaMandates(this.backoffice.sql, query);
  }

  @Post('mandates')
  @HttpCode(200)
  @Answers('Registers a mandate that a debtor has signed for the issuer’s own bank', sepaMandateSchema)
  async mandate(
    @CurrentActor() actor: Actor,
    @Body({ schema: sepaMandateOrderSchema }) order: SepaMandateOrder,
  ): Promise<{ mandateId: string; reference: string; ibanLast4: string }> {
    scopeFor(actor, 'collection.act');
    const { sql, settings, now } = this.backoffice;
    const { evidence, ...terms } = order;
    const registered = await registerSepaMandate(sql, accountVault(settings.secret), {
      ...terms,
      evidence: { where: evidence },
      by: actor.label,
      now: now(),
    });
    if ('refused' in registered) throw sepaProblem(MANDATE_REFUSALS[registered.refused.code]);
    const after = { reference: registered.reference, signedOn: order.signedOn, evidence };
    await this.#audit(actor, 'sepa.register-mandate', `customer/${order.customerId}`, { before: null, after });
    return registered;
  }

  @Post('mandates/:mandateId/end')
  @HttpCode(200)
  @Answers('Ends a mandate; needs a reason', endedSchema)
  async end(
    @CurrentActor() actor: Actor,
    @Param('mandateId', { schema: idSchema }) mandateId: string,
    @Body({ schema: endSchema }) { reason }: z.infer<typeof endSchema>,
  ): Promise<{ ended: boolean }> {
    scopeFor(actor, 'collection.act');
    const ended = await endSepaMandate(this.backoffice.sql, { mandateId, reason, now: this.backoffice.now() });
    const change = { before: null, after: { reason } };
    if (ended) await this.#audit(actor, 'sepa.end-mandate', `sepa-mandate/${mandateId}`, change);
    return { ended };
  }

  async #audit(
    actor: Actor,
    action: string,
    subject: string,
    change: { readonly before: unknown; readonly after: unknown },
  ): Promise<void> {
    await recordAudit(this.backoffice.sql, { actor: actor.label, action, subject, installationId: null, ...change });
  }
}
