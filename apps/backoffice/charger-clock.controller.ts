import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { recordAudit } from '#libs/identity/audit.js';
import type { Action } from '#libs/identity/permissions.js';
import { clockEntries, type ShownClockEntry } from '#libs/metering/clock/list-clock.js';
import { overruleClock, type ClockRefusal } from '#libs/metering/clock/overrule-clock.js';
import type { Sql } from '#libs/persistence/database.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  chargerClockSchema,
  overruleClockSchema,
  type ChargerClock,
  type ClockEntry,
  type OverruleClock,
} from './api-types.js';
import { chargerById } from './chargers.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const REFUSALS: Readonly<Record<ClockRefusal['code'], string>> = {
  'CLOCK.NO_CHARGER': 'There is no such charger.',
  'CLOCK.NO_REASON': 'Say why.',
  'CLOCK.EMPTY_SPAN': 'It ends before it begins.',
  'CLOCK.OFFSET_OUT_OF_RANGE': 'No clock is off by so much.',
};

@ApiTags('chargers')
@Controller('api/v1/chargers/:id/clock')
export class ChargerClockController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers(
    "How far a charger's clock is off: what was observed, with its evidence, and what staff say",
    chargerClockSchema,
  )
  async read(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<ChargerClock> {
    const { sql } = this.backoffice;
    await this.#found(sql, actor, 'charger.read', id);
    return await this.#clock(sql, id);
  }

  /** Months rated from its times are rated again by a person; billed ones have a difference in the next month's check. */
  @Post()
  @HttpCode(200)
  @Answers(
    'Overrules what was observed, with a reason; null as offset takes back what was said before',
    chargerClockSchema,
  )
  async overrule(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: overruleClockSchema }) { offsetS, from, until, reason }: OverruleClock,
  ): Promise<ChargerClock> {
    return await this.backoffice.sql.transaction().execute(async (trx) => {
      const { installationId } = await this.#found(trx, actor, 'reading.correct', id);
      const span = { from: new Date(from), until: until === null ? null : new Date(until) };
      const told = await overruleClock(trx, { chargerId: id, offsetS, ...span, reason, by: actor.label });
      if ('refused' in told) throw Problem.refused(REFUSALS[told.refused.code], 'clock-refused');
      const event = { actor: actor.label, action: 'charger.clock', subject: `charger/${id}`, installationId };
      await recordAudit(trx, { ...event, before: null, after: { offsetS, from, until, reason } });
      return await this.#clock(trx, id);
    });
  }

  async #found(sql: Sql, actor: Actor, action: Action, id: string): Promise<{ readonly installationId: string }> {
    const found = await chargerById(sql, scopeFor(actor, action), id);
    if (found === null) throw Problem.notFound('charger');
    return found;
  }

  async #clock(sql: Sql, id: string): Promise<ChargerClock> {
    return { entries: (await clockEntries(sql, id)).map(toApi) };
  }
}

function toApi({ evidence, ...entry }: ShownClockEntry): ClockEntry {
  return {
    ...entry,
    from: entry.from.toISOString(),
    until: entry.until?.toISOString() ?? null,
    at: entry.at.toISOString(),
    evidence: evidence.map(({ toldAt, arrivedAt }) => {
      return { toldAt: toldAt.toISOString(), arrivedAt: arrivedAt.toISOString() };
    }),
  };
}
