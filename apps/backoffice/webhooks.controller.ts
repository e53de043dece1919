import { Controller, Headers, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Request } from 'express';

import { storeWebhook } from '#libs/payments/store-webhook.js';

import { Public } from './actor.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

/** What the payment provider tells us: stored first, acted upon by {@link WebhookForwarder}. */
@ApiExcludeController()
@Public()
@Controller('webhooks')
export class WebhooksController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** 200 only after the commit; anything else makes the provider send it again. */
  @Post('stripe')
  @HttpCode(200)
  async stripe(
    @Req() request: Request,
    @Headers('stripe-signature') signature: string | undefined,
  ): Promise<{ received: true }> {
    const { sql, settings, now } = this.backoffice;
    const secret = settings.stripe.webhookSecret;
    if (secret === null) {
      throw new Problem(503, 'stripe-not-configured', 'Not configured', 'STRIPE_WEBHOOK_SECRET is not set.');
    }
    const rawBody: unknown = request.body;
    if (!Buffer.isBuffer(rawBody)) throw Problem.invalidField('body', 'The body is empty.');
    const answer = await storeWebhook(sql, { rawBody, signature, secret, now: now() });
    if ('refused' in answer) {
      const detail = 'The signature does not fit the body, or is too old; or the body is no event.';
      throw new Problem(400, answer.refused.code.toLowerCase().replace('_', '-'), 'Refused', detail);
    }
    this.backoffice.wakeForwarder();
    return { received: true };
  }
}
