import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { sql as raw } from 'kysely';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { systemSchema, type SystemFacts } from './api-types.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

export const VERSION = '0.1.0';

@ApiTags('system')
@Controller('api/v1/system')
export class SystemController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** Versions, and what the back office works with. */
  @Get()
  @Answers('Versions and what is reachable', systemSchema)
  async facts(@CurrentActor() actor: Actor): Promise<SystemFacts> {
    scopeFor(actor, 'system.read');
    const { sql, workflows, settings } = this.backoffice;
    const [reachable, { rows }] = await Promise.all([
      workflows.isReachable(),
      raw<{ version: string; unhandled: number; oldest: Date | null }>`
        select current_setting('server_version') as version, count(event.id)::int as unhandled,
          min(event.received_at) as oldest
        from (select 1) one left join webhook_event event on event.handled_at is null`.execute(sql),
    ]);
    const { version: postgres = '?', unhandled = 0, oldest = null } = rows[0] ?? {};
    return {
      version: VERSION,
      node: process.versions.node,
      postgres,
      temporal: { namespace: settings.temporal.namespace, reachable, ui: settings.temporal.uiUrl },
      stripe: { configured: settings.stripe.secretKey !== null, label: settings.stripe.label },
      webhooks: { unhandled, oldestUnhandledAt: oldest?.toISOString() ?? null },
    };
  }
}
