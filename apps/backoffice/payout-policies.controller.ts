import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { setPayoutPolicy } from '#libs/payments/payout/payout-policy.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  payoutPolicyPageSchema,
  payoutPolicySchema,
  setPayoutPolicySchema,
  type Page,
  type PayoutPolicyRule,
  type SetPayoutPolicy,
} from './api-types.js';
import { pagingFields } from './paging.js';
import { hasInstallation, payoutPolicyPage } from './payout-policies.queries.js';
import { payoutProblem } from './payout-problems.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject({ ...pagingFields, condominium: z.string().max(200).optional() });

@ApiTags('payouts')
@Controller('api/v1/payout-policies')
export class PayoutPoliciesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('What contracts say of payouts, by condominium, the latest first', payoutPolicyPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<PayoutPolicyRule>> {
    return payoutPolicyPage(this.backoffice.sql, scopeFor(actor, 'payout.read'), query);
  }

  @Post()
  @HttpCode(200)
  @Answers('Sets what the contract says of payouts from a day on', payoutPolicySchema)
  async set(
    @CurrentActor() actor: Actor,
    @Body({ schema: setPayoutPolicySchema }) body: SetPayoutPolicy,
  ): Promise<PayoutPolicyRule> {
    const scope = scopeFor(actor, 'payout.act');
    const { condominiumId, ...policy } = body;
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      if (!(await hasInstallation(trx, scope, condominiumId))) throw Problem.notFound('condominium');
      const done = await setPayoutPolicy(trx, { condominiumId, policy, now: now() });
      if ('refused' in done) throw payoutProblem(done.refused);
      await recordAudit(trx, {
        actor: actor.label,
        action: 'payout-policy.set',
        subject: `condominium/${condominiumId}`,
        installationId: null,
        before: done.before,
        after: policy,
      });
      return body;
    });
  }
}
