import { Body, Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { disregardReading, restoreReading } from '#libs/metering/correct-reading.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { readingSchema, requiredReasonSchema, type Reading } from './api-types.js';
import { Problem } from './problem.js';
import { readingById } from './readings.queries.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

type RequiredReason = z.infer<typeof requiredReasonSchema>;

const CORRECTIONS = { disregard: disregardReading, restore: restoreReading } as const;

@ApiTags('readings')
@Controller('api/v1/readings')
export class ReadingsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** Months rated from it are rated again by a person; billed ones have a difference in the next month's check. */
  @Post(':id/disregard')
  @HttpCode(200)
  @Answers('Leaves a reading out of rating; it stays stored. Again: changes nothing', readingSchema)
  async disregard(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) id: number,
    @Body({ schema: requiredReasonSchema }) { reason }: RequiredReason,
  ): Promise<Reading> {
    return await this.#correct(actor, 'disregard', id, reason);
  }

  @Post(':id/restore')
  @HttpCode(200)
  @Answers('Takes a disregard back: the reading counts again. Again: changes nothing', readingSchema)
  async restore(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) id: number,
    @Body({ schema: requiredReasonSchema }) { reason }: RequiredReason,
  ): Promise<Reading> {
    return await this.#correct(actor, 'restore', id, reason);
  }

  async #correct(actor: Actor, kind: keyof typeof CORRECTIONS, readingId: number, reason: string): Promise<Reading> {
    const scope = scopeFor(actor, 'reading.correct');
    return await this.backoffice.sql.transaction().execute(async (trx) => {
      const found = await readingById(trx, scope, readingId);
      if (found === null) throw Problem.notFound('reading');
      const corrected = await CORRECTIONS[kind](trx, { readingId, reason, by: actor.label });
      if ('refused' in corrected) throw Problem.refused(corrected.refused.code);
      const { before, after } = corrected.ok;
      if (before !== after) {
        const event = { actor: actor.label, action: `reading.${kind}`, subject: `reading/${readingId}` };
        await recordAudit(trx, { ...event, installationId: found.installationId, before, after });
      }
      const reading = await readingById(trx, scope, readingId);
      if (reading === null) throw new Error(`reading ${readingId} vanished while it was corrected`);
      return reading;
    });
  }
}
