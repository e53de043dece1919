import { Controller, Get, Header, HttpCode, Inject } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { sql as raw } from 'kysely';

import { Public } from './actor.js';
import { metricsText } from './metrics.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

/** For supervisors, load balancers and Prometheus. */
@ApiExcludeController()
@Public()
@Controller()
export class HealthController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** The process answers. */
  @Get('healthz')
  @HttpCode(200)
  alive(): { status: string } {
    return { status: 'ok' };
  }

  /** It can do its work: the database answers. Without Temporal it still serves what it knows. */
  @Get('readyz')
  async ready(): Promise<{ status: string }> {
    try {
      await raw`select 1`.execute(this.backoffice.sql);
      return { status: 'ok' };
    } catch (error) {
      throw new Problem(503, 'not-ready', 'Not ready', 'The database does not answer.', { cause: error });
    }
  }

  @Get('metrics')
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  metrics(): Promise<string> {
    return metricsText(this.backoffice);
  }
}
