import { PassThrough } from 'node:stream';

import { Controller, Get, Inject, Param, Query, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { writeSaft, type SaftOrder, type SaftRefusal } from '#libs/reporting/saft/write-saft.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers, AnswersFile } from './answers.js';
import { issuersSchema, type Issuers } from './api-types.js';
import { period } from './api-values.js';
import { attachment } from './attachment.js';
import { Problem } from './problem.js';
import { VERSION } from './system.controller.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const monthQuerySchema = z.strictObject({ month: period });

@ApiTags('issuers')
@Controller('api/v1/issuers')
export class SaftController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Who issues documents', issuersSchema)
  async list(@CurrentActor() actor: Actor): Promise<Issuers> {
    scopeFor(actor, 'saft.read');
    const columns = ['id', 'name', 'nif', 'country'] as const;
    return { items: await this.backoffice.sql.selectFrom('issuer').select(columns).orderBy('name').execute() };
  }

  /** Streamed as it is written, so its length is not known before; whoever took one away is in the audit log. */
  @Get(':issuerId/saft')
  @AnswersFile('SAF-T (PT) 1.04_01: the invoices, credit notes and receipts that an issuer issued in a month')
  async download(
    @CurrentActor() actor: Actor,
    @Param('issuerId') issuerId: string,
    @Query({ schema: monthQuerySchema }) { month }: z.infer<typeof monthQuerySchema>,
  ): Promise<StreamableFile> {
    scopeFor(actor, 'saft.read');
    const { sql, settings, now } = this.backoffice;
    const target = new PassThrough();
    await this.#begin(
      { issuerId, period: month, software: { ...settings.software, version: VERSION }, now: now() },
      target,
    );
    const event = { actor: actor.label, action: 'saft.download', subject: `issuer/${issuerId}/${month}` };
    await recordAudit(sql, { ...event, installationId: null, before: null, after: null });
    const disposition = attachment(`saft-${issuerId}-${month}.xml`);
    return new StreamableFile(target, { type: 'application/xml; charset=windows-1252', disposition });
  }

  /** Resolves when the first bytes are there; throws while the answer can still be a problem. */
  async #begin(order: SaftOrder, target: PassThrough): Promise<void> {
    const began = new Promise<'began'>((resolve) => {
      target.once('readable', () => resolve('began'));
    });
    const writing = writeSaft(this.backoffice.sql, order, target);
    writing.catch((error: unknown) => target.destroy(error instanceof Error ? error : new Error(String(error))));
    const first = await Promise.race([began, writing]);
    if (first !== 'began' && 'refused' in first) throw problemOf(first.refused);
  }
}

function problemOf(refused: SaftRefusal): Problem {
  switch (refused.code) {
    case 'SAFT.ISSUER_NOT_FOUND':
      return Problem.notFound('issuer');
    case 'SAFT.NOT_PORTUGUESE':
      return Problem.refused('SAF-T (PT) is for issuers in Portugal.', 'saft-not-portuguese');
    case 'SAFT.CURRENCY':
      return Problem.refused(`${refused.document} is not in euros.`, 'saft-currency');
    case 'SAFT.SIGN_MIXED':
      return Problem.refused(`${refused.document} has amounts of different signs.`, 'saft-sign-mixed');
    case 'SAFT.EXEMPTION_MISSING':
      return Problem.refused(`${refused.document} does not say why it bears no tax.`, 'saft-exemption-missing');
    default:
      return refused satisfies never;
  }
}
