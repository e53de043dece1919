import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { explanationSchema, type Explanation } from './api-types.js';
import { explanation } from './explanations.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const pageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(100),
  /** How many pieces came before. */
  cursor: z.coerce.number().int().min(0).max(10_000_000).default(0),
});

@ApiTags('customers')
@Controller('api/v1/rated-lines')
export class ExplanationsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get(':lineId/explanation')
  @Answers('Why a line has its amount: consumptions, readings and raw messages', explanationSchema)
  async explanation(
    @CurrentActor() actor: Actor,
    @Param('lineId', { schema: z.uuid() }) lineId: string,
    @Query({ schema: pageQuery }) query: z.infer<typeof pageQuery>,
  ): Promise<Explanation> {
    const scope = scopeFor(actor, 'customer.read');
    const found = await explanation(this.backoffice.sql, scope, { lineId, ...query });
    if (found === null) throw Problem.notFound('line');
    return found;
  }
}
