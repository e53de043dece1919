import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { addCalendar } from '#libs/tariff/calendar-store.js';
import { calendarSchema as calendarFileSchema } from '#libs/tariff/calendar.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  calendarDetailSchema,
  calendarPageSchema,
  type Calendar,
  type CalendarDetail,
  type Page,
} from './api-types.js';
import { calendarById, calendars } from './calendars.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject(pagingFields);
const anything = z.unknown();

@ApiTags('calendars')
@Controller('api/v1/calendars')
export class CalendarsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Calendars of tariff bands, by id', calendarPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Calendar>> {
    const scope = scopeFor(actor, 'tariff.read');
    return calendars(this.backoffice.sql, scope, query, this.backoffice.now());
  }

  @Get(':id')
  @Answers('A calendar with its hours by season, day type and number of bands', calendarDetailSchema)
  async one(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<CalendarDetail> {
    const scope = scopeFor(actor, 'tariff.read');
    const found = await calendarById(this.backoffice.sql, scope, id, this.backoffice.now());
    if (found === null) throw Problem.notFound('calendar');
    return found;
  }

  /** Its content is the calendar's file, as those in libs/tariff/calendars. Adding the same again changes nothing. */
  @Post()
  @HttpCode(200)
  @Answers('Adds a calendar; it is never changed afterwards', calendarDetailSchema)
  async add(@CurrentActor() actor: Actor, @Body({ schema: anything }) file: unknown): Promise<CalendarDetail> {
    const scope = scopeFor(actor, 'tariff.change');
    const parsed = calendarFileSchema.safeParse(file);
    if (!parsed.success) {
      throw Problem.invalidDocument('invalid-calendar', 'Invalid calendar', parsed.error.issues);
    }
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const result = await addCalendar(trx, file, actor.label);
      if ('refused' in result) throw Problem.refused(result.refused.problem, 'calendar-exists');
      const after = await calendarById(trx, scope, result.ok.id, now());
      if (after === null) throw new Error(`calendar ${result.ok.id} vanished while it was added`);
      if (!result.ok.added) return after;
      const event = { actor: actor.label, action: 'calendar.add', subject: `calendar/${after.id}` };
      await recordAudit(trx, { ...event, installationId: null, before: null, after: file });
      return after;
    });
  }
}
