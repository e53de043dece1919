import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { tariffDetailSchema, tariffPageSchema, type Page, type Tariff, type TariffDetail } from './api-types.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { tariffOfInstallation, tariffs } from './tariffs.queries.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject(pagingFields);

@ApiTags('tariffs')
@Controller('api/v1/tariffs')
export class TariffsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('What holds today in each installation and what changes next', tariffPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Tariff>> {
    const scope = scopeFor(actor, 'tariff.read');
    return tariffs(this.backoffice.sql, scope, query, this.backoffice.now());
  }

  @Get(':installationId')
  @Answers("An installation's price plans over time, with every price and charge", tariffDetailSchema)
  async one(@CurrentActor() actor: Actor, @Param('installationId') installationId: string): Promise<TariffDetail> {
    const scope = scopeFor(actor, 'tariff.read');
    const found = await tariffOfInstallation(this.backoffice.sql, scope, installationId, this.backoffice.now());
    if (found === null) throw Problem.notFound('installation');
    return found;
  }
}
