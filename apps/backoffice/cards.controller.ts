import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { wantProvisioningAgain } from '#libs/commands/provision-charger.js';
import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import { daySpan } from '#libs/registry/period.js';
import {
  addToken,
  blockToken,
  changeToken,
  unblockToken,
  type TokenRefusal,
  type TokenTerms,
} from '#libs/registry/token-deeds.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  addCardSchema,
  cardPageSchema,
  cardReasonSchema,
  cardSchema,
  changeCardSchema,
  chargerListSchema,
  offlineRuleSchema,
  type AddCard,
  type Card,
  type ChangeCard,
  type ChargerList,
  type OfflineRuleSetting,
  type Page,
} from './api-types.js';
import { cardById, cards, localListOf } from './cards.queries.js';
import { chargerById } from './chargers.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { within } from './scope-sql.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject({
  ...pagingFields,
  installation: z.string().max(200).optional(),
  customer: z.string().max(200).optional(),
  q: z.string().trim().max(200).optional(),
});
const idSchema = z.uuid();

const REFUSALS: Readonly<Record<TokenRefusal['code'], { readonly code: string; readonly text: string }>> = {
  'TOKEN.TAKEN': { code: 'token-taken', text: 'This installation has a card of this number already.' },
  'TOKEN.NOT_FOUND': { code: 'token-gone', text: 'There is no such card.' },
  'TOKEN.CUSTOMER_ELSEWHERE': {
    code: 'token-customer',
    text: 'There is no such customer in the condominium of this installation.',
  },
  'TOKEN.SPOT_ELSEWHERE': { code: 'token-spot', text: 'A spot is not of this installation.' },
  'TOKEN.ENDS_BEFORE_BEGIN': { code: 'token-validity', text: 'It would end before it begins.' },
  'TOKEN.BLOCKED': { code: 'token-blocked', text: 'The card is blocked already.' },
  'TOKEN.NOT_BLOCKED': { code: 'token-not-blocked', text: 'The card is not blocked.' },
};

@ApiTags('tokens')
@Controller('api/v1')
export class CardsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('tokens')
  @Answers('Cards by number; `q` looks into number, group and customer', cardPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) { installation, customer, ...query }: z.infer<typeof listQuery>,
  ): Promise<Page<Card>> {
    const filter = { ...query, installationId: installation, customerId: customer };
    return cards(this.backoffice.sql, scopeFor(actor, 'token.read'), filter, this.backoffice.now());
  }

  @Post('installations/:id/tokens')
  @HttpCode(201)
  @Answers('Adds a card to an installation', cardSchema, 201)
  async add(
    @CurrentActor() actor: Actor,
    @Param('id') installationId: string,
    @Body({ schema: addCardSchema }) { idTag, ...terms }: AddCard,
  ): Promise<Card> {
    const scope = scopeFor(actor, 'token.change');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      await ruleOf(trx, scope, installationId);
      const timeZone = await zoneOf(trx, installationId);
      const done = await addToken(trx, { installationId, idTag, terms: termsOf(terms, timeZone) });
      return this.#told(trx, actor, { done, scope, action: 'token.add', before: null });
    });
  }

  @Put('tokens/:id')
  @Answers('Gives a card other terms: kind, customer, group, validity, spots', cardSchema)
  async change(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) tokenId: string,
    @Body({ schema: changeCardSchema }) terms: ChangeCard,
  ): Promise<Card> {
    const scope = scopeFor(actor, 'token.change');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      const before = await this.#found(trx, scope, tokenId);
      const done = await changeToken(trx, { tokenId, terms: termsOf(terms, before.timeZone) });
      return this.#told(trx, actor, { done, scope, action: 'token.change', before });
    });
  }

  @Post('tokens/:id/block')
  @HttpCode(200)
  @Answers('Blocks a card: it begins no session from now on', cardSchema)
  async block(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) tokenId: string,
    @Body({ schema: cardReasonSchema }) { reason }: z.infer<typeof cardReasonSchema>,
  ): Promise<Card> {
    const scope = scopeFor(actor, 'token.change');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const before = await this.#found(trx, scope, tokenId);
      const done = await blockToken(trx, { tokenId, reason, by: actor.label, now: now() });
      return this.#told(trx, actor, { done, scope, action: 'token.block', before, reason });
    });
  }

  @Post('tokens/:id/unblock')
  @HttpCode(200)
  @Answers('Lifts the block that staff put on a card; one by arrears stays', cardSchema)
  async unblock(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: idSchema }) tokenId: string,
    @Body({ schema: cardReasonSchema }) { reason }: z.infer<typeof cardReasonSchema>,
  ): Promise<Card> {
    const scope = scopeFor(actor, 'token.change');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      const before = await this.#found(trx, scope, tokenId);
      const done = await unblockToken(trx, tokenId);
      return this.#told(trx, actor, { done, scope, action: 'token.unblock', before, reason });
    });
  }

  @Get('installations/:id/offline-rule')
  @Answers('What chargers do with unknown cards while they cannot ask', offlineRuleSchema)
  async rule(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<OfflineRuleSetting> {
    return ruleOf(this.backoffice.sql, scopeFor(actor, 'charger.read'), id);
  }

  @Put('installations/:id/offline-rule')
  @Answers('Says what chargers do with unknown cards while they cannot ask; each is set to it', offlineRuleSchema)
  async setRule(
    @CurrentActor() actor: Actor,
    @Param('id') installationId: string,
    @Body({ schema: offlineRuleSchema }) after: OfflineRuleSetting,
  ): Promise<OfflineRuleSetting> {
    const scope = scopeFor(actor, 'token.change');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      const before = await ruleOf(trx, scope, installationId);
      if (before.unknownWhenOffline === after.unknownWhenOffline) return after;
      await trx
        .updateTable('installation')
        .set({ unknown_when_offline: after.unknownWhenOffline })
        .where('id', '=', installationId)
        .execute();
      await wantProvisioningAgain(trx, installationId, this.backoffice.now());
      const event = { actor: actor.label, action: 'offline-rule.set', subject: `installation/${installationId}` };
      await recordAudit(trx, { ...event, installationId, before, after });
      return after;
    });
  }

  @Get('chargers/:id/local-list')
  @Answers('The list of cards that a charger keeps, and whether it is in step', chargerListSchema)
  async localList(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<ChargerList> {
    const { sql, now } = this.backoffice;
    if ((await chargerById(sql, scopeFor(actor, 'charger.read'), id)) === null) throw Problem.notFound('charger');
    return { list: await localListOf(sql, id, now()) };
  }

  async #found(trx: Sql, scope: TenantScope, tokenId: string): Promise<Card> {
    const found = await cardById(trx, scope, tokenId, this.backoffice.now());
    if (found === null) throw Problem.notFound('token');
    return found;
  }

  /** What a deed made of a card, written down; or why it was refused. */
  async #told(
    trx: Sql,
    actor: Actor,
    deed: {
      readonly done: Awaited<ReturnType<typeof addToken>>;
      readonly scope: TenantScope;
      readonly action: string;
      readonly before: Card | null;
      readonly reason?: string;
    },
  ): Promise<Card> {
    const { done, scope, action, before, reason } = deed;
    if ('refused' in done) throw Problem.refused(REFUSALS[done.refused.code].text, REFUSALS[done.refused.code].code);
    const card = await this.#found(trx, scope, done.ok.id);
    const event = { actor: actor.label, action, subject: `token/${card.tokenId}`, installationId: card.installationId };
    const after = reason === undefined ? card : { ...card, reason };
    await recordAudit(trx, { ...event, before, after });
    return card;
  }
}

function termsOf({ validFrom, expiresAt, ...terms }: ChangeCard, timeZone: string): TokenTerms {
  const instantOf = (text: string | null, edge: 'startsAt' | 'endsAt'): Date | null => {
    if (text === null) return null;
    return isLocalDay(text) ? daySpan(text, text, timeZone)[edge] : new Date(text);
  };
  return { ...terms, validFrom: instantOf(validFrom, 'startsAt'), expiresAt: instantOf(expiresAt, 'endsAt') };
}

const isLocalDay = (text: string): boolean => !text.includes('T');

async function zoneOf(sql: Sql, id: string): Promise<string> {
  const row = await sql.selectFrom('installation').select('time_zone').where('id', '=', id).executeTakeFirstOrThrow();
  return row.time_zone;
}

async function ruleOf(sql: Sql, scope: TenantScope, id: string): Promise<OfflineRuleSetting> {
  const row = await sql
    .selectFrom('installation')
    .select('unknown_when_offline')
    .where('id', '=', id)
    .where(within(scope, { condominium: 'condominium_id', customer: null }))
    .executeTakeFirst();
  if (row === undefined) throw Problem.notFound('installation');
  return { unknownWhenOffline: row.unknown_when_offline === 'accept' ? 'accept' : 'refuse' };
}
