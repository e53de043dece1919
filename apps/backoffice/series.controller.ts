import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { recordAudit } from '#libs/identity/audit.js';
import {
  listSeries,
  registerSeries,
  unregisteredSeries,
  yearsNeeded,
  type SeriesRefusal,
  type SeriesRow,
} from '#libs/invoicing/fiscal/series.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  registerSeriesSchema,
  seriesOverviewSchema,
  type DocumentSeries,
  type RegisterSeries,
  type SeriesOverview,
} from './api-types.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const REFUSALS: Readonly<Record<SeriesRefusal['code'], string>> = {
  'SERIES.NO_ISSUER': 'There is no such issuer in Portugal.',
  'SERIES.UNKNOWN': 'The issuer has no such series.',
  'SERIES.CODE_INVALID': 'A validation code has at least 8 capitals and digits.',
  'SERIES.REGISTERED': 'The series has another code already, which stands on documents.',
};

@ApiTags('documents')
@Controller('api/v1/series')
export class SeriesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Series of fiscal documents with their validation codes, and which still need one', seriesOverviewSchema)
  async list(@CurrentActor() actor: Actor): Promise<SeriesOverview> {
    scopeFor(actor, 'ledger.read');
    return this.#overview();
  }

  @Post()
  @HttpCode(200)
  @Answers('Enters the validation code that the tax authority answered for a series', seriesOverviewSchema)
  async register(
    @CurrentActor() actor: Actor,
    @Body({ schema: registerSeriesSchema }) body: RegisterSeries,
  ): Promise<SeriesOverview> {
    scopeFor(actor, 'month.act');
    const { sql, now } = this.backoffice;
    await sql.transaction().execute(async (trx) => {
      const done = await registerSeries(trx, { ...body, by: actor.label, now: now() });
      if ('refused' in done) throw Problem.refused(REFUSALS[done.refused.code], 'series-not-registered');
      const subject = `series/${body.issuerId}/${body.type} ${body.code}`;
      const event = { actor: actor.label, action: 'series.register', subject, installationId: null, before: null };
      await recordAudit(trx, { ...event, after: { validationCode: body.validationCode, ...done.ok } });
    });
    return this.#overview();
  }

  async #overview(): Promise<SeriesOverview> {
    const { sql, now, signer } = this.backoffice;
    const rows = await listSeries(sql, yearsNeeded(now()));
    const unregistered = await unregisteredSeries(sql, now());
    return {
      series: rows.map(seriesOf),
      unregistered: unregistered.length,
      certificate: signer?.certificate ?? null,
    };
  }
}

function seriesOf(row: SeriesRow): DocumentSeries {
  const { issuerId, issuerName, type, code, validationCode, lastNumber, registeredAt, registeredBy } = row;
  const registered = { validationCode, registeredAt: registeredAt?.toISOString() ?? null, registeredBy };
  return { issuerId, issuerName, type, code, lastNumber, ...registered };
}
