import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { mailPageSchema, type Mail, type Page } from './api-types.js';
import { mails } from './mails.queries.js';
import { pagingFields } from './paging.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject({ ...pagingFields, installation: z.string().max(200).optional() });

@ApiTags('mails')
@Controller('api/v1/mails')
export class MailsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Messages as they went out, newest first', mailPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Mail>> {
    const scope = scopeFor(actor, 'mail.read');
    return mails(this.backoffice.sql, scope, query);
  }
}
