import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { scopeOf, type TenantScope } from '#libs/identity/permissions.js';
import { spotsOf, type SpotCard } from '#libs/support/spots.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  installationDetailSchema,
  installationPageSchema,
  oddityPageSchema,
  spotPageSchema,
  type Installation,
  type InstallationDetail,
  type Oddity,
  type Page,
  type Spot,
} from './api-types.js';
import { installationById, installations } from './installations.queries.js';
import { oddities } from './oddities.queries.js';
import { decodeCursor, pageOf, pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject(pagingFields);
/** A car park's spots come on one page. */
const spotQuery = z.strictObject({ ...pagingFields, limit: z.coerce.number().int().min(1).max(1000).default(500) });
const oddityQuery = z.strictObject({ ...pagingFields, open: z.stringbool().default(true) });

@ApiTags('installations')
@Controller('api/v1/installations')
export class InstallationsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Installations with what happens there now', installationPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Installation>> {
    const scope = scopeFor(actor, 'installation.read');
    const page = await installations(this.backoffice.sql, scope, { ...query, now: this.backoffice.now() });
    return { ...page, items: page.items.map((installation) => seenBy(actor, installation)) };
  }

  @Get(':id')
  @Answers('An installation with its circuits', installationDetailSchema)
  async one(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<InstallationDetail> {
    const scope = scopeFor(actor, 'installation.read');
    return seenBy(actor, await this.#found(scope, id));
  }

  @Get(':id/spots')
  @Answers('The spots of an installation with their live state', spotPageSchema)
  async spots(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: spotQuery }) query: z.infer<typeof spotQuery>,
  ): Promise<Page<Spot>> {
    const scope = scopeFor(actor, 'spot.read');
    await this.#found(scope, id);
    const after = decodeCursor(query.cursor, z.tuple([z.string()]));
    const cards = await spotsOf(this.backoffice.sql, {
      installationId: id,
      now: this.backoffice.now(),
      limit: query.limit + 1,
      ...(scope.kind === 'condominium' ? { condominiumId: scope.condominiumId } : {}),
      ...(scope.kind === 'customer' ? { customerId: scope.customerId } : {}),
      ...(after === null ? {} : { afterName: after[0] }),
    });
    return pageOf(
      cards,
      query.limit,
      (card) => [card.spotName],
      (card) => spotOf(card, actor),
    );
  }

  @Get(':id/oddities')
  @Answers('What a person should look at in an installation', oddityPageSchema)
  async oddities(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: oddityQuery }) query: z.infer<typeof oddityQuery>,
  ): Promise<Page<Oddity>> {
    const scope = scopeFor(actor, 'oddity.read');
    await this.#found(scope, id);
    return oddities(this.backoffice.sql, scope, { ...query, installationId: id });
  }

  async #found(scope: TenantScope, id: string): Promise<InstallationDetail> {
    const found = await installationById(this.backoffice.sql, scope, id, this.backoffice.now());
    if (found === null) throw Problem.notFound('installation');
    return found;
  }
}

/** Its latest month is for those who may read months. */
function seenBy<T extends Installation>(actor: Actor, installation: T): T {
  return scopeOf(actor, 'month.read') === null ? { ...installation, latestMonth: null } : installation;
}

/** An installer needs no names of residents. */
function spotOf(card: SpotCard, actor: Actor): Spot {
  const customerName = actor.role === 'installer' ? null : card.customerName;
  return { ...card, customerName, state: { ...card.state, since: card.state.since?.toISOString() ?? null } };
}
