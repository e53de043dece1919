import { PassThrough } from 'node:stream';

import { Controller, Get, Inject, Param, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { writeMonthArchive } from '#libs/auditing/write-month-archive.js';
import { recordAudit } from '#libs/identity/audit.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { AnswersFile } from './answers.js';
import { attachment } from './attachment.js';
import { monthById } from './months.queries.js';
import { Problem } from './problem.js';
import { VERSION } from './system.controller.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

@ApiTags('months')
@Controller('api/v1/months/:cycleId/archive')
export class ArchivesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** Streamed as it is written, so its length is not known before; whoever took one away is in the audit log. */
  @Get()
  @AnswersFile('A month as one archive for an auditor: readings, calendars, prices, lines, documents, hashes')
  async download(
    @CurrentActor() actor: Actor,
    @Param('cycleId', { schema: z.uuid() }) cycleId: string,
  ): Promise<StreamableFile> {
    const scope = scopeFor(actor, 'archive.read');
    const { sql, settings } = this.backoffice;
    const month = await monthById(sql, scope, cycleId, settings);
    if (month === null) throw Problem.notFound('month');
    const { installationId, period } = month;
    const target = new PassThrough();
    await this.#begin(cycleId, target);
    const event = { actor: actor.label, action: 'archive.download', subject: `month/${cycleId}`, installationId };
    await recordAudit(sql, { ...event, before: null, after: null });
    const disposition = attachment(`chazemo-${installationId}-${period}.zip`);
    return new StreamableFile(target, { type: 'application/zip', disposition });
  }

  /** Resolves when the first bytes are there; throws while the answer can still be a problem. */
  async #begin(cycleId: string, target: PassThrough): Promise<void> {
    const began = new Promise<'began'>((resolve) => {
      target.once('readable', () => resolve('began'));
    });
    const options = { cycleId, program: `chazemo ${VERSION}` };
    const writing = writeMonthArchive(this.backoffice.sql, options, target);
    writing.catch((error: unknown) => target.destroy(error instanceof Error ? error : new Error(String(error))));
    const first = await Promise.race([began, writing]);
    if (first !== 'began' && 'refused' in first) {
      throw Problem.refused('The month has not been rated from sealed readings.', 'month-not-sealed');
    }
  }
}
