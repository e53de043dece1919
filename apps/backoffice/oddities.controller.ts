import { Controller, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { odditySchema, type Oddity } from './api-types.js';
import { oddityById } from './oddities.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const idSchema = z.coerce.number().int().min(1).max(Number.MAX_SAFE_INTEGER);

@ApiTags('oddities')
@Controller('api/v1/oddities')
export class OdditiesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** A person has looked at it. Resolving it again changes nothing. */
  @Post(':id/resolve')
  @HttpCode(200)
  @Answers('Marks an oddity as seen to', odditySchema)
  async resolve(@CurrentActor() actor: Actor, @Param('id', { schema: idSchema }) id: number): Promise<Oddity> {
    const scope = scopeFor(actor, 'oddity.resolve');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const before = await oddityById(trx, scope, id);
      if (before === null) throw Problem.notFound('oddity');
      const changed = await trx
        .updateTable('oddity')
        .set({ resolved_at: now(), resolved_by: actor.label })
        .where('id', '=', id)
        .where('resolved_at', 'is', null)
        .executeTakeFirst();
      const after = await oddityById(trx, scope, id);
      if (after === null) throw new Error(`oddity ${id} vanished while it was resolved`);
      if (changed.numUpdatedRows === 0n) return after;
      const event = { actor: actor.label, action: 'oddity.resolve', subject: `oddity/${id}` };
      await recordAudit(trx, { ...event, installationId: before.installationId, before, after });
      return after;
    });
  }
}
