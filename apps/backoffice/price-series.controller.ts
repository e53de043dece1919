import { Controller, Get, Inject, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import { priceSeriesPageSchema, type Page, type PriceSeries } from './api-types.js';
import { pagingFields } from './paging.js';
import { priceSeries } from './price-series.queries.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject(pagingFields);

@ApiTags('tariffs')
@Controller('api/v1/price-series')
export class PriceSeriesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Price series of markets and loss profiles, with their spans and gaps', priceSeriesPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<PriceSeries>> {
    scopeFor(actor, 'tariff.read');
    return priceSeries(this.backoffice.sql, query);
  }
}
