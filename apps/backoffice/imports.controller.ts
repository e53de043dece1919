import { createHash } from 'node:crypto';

import { Body, Controller, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import { readSheet, UnreadableSheet, type Sheet } from '#libs/registry/tabular/sheet.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  IMPORT_NAMES,
  importAnswerSchema,
  importSchema,
  type Import,
  type ImportAnswer,
  type ImportName,
} from './api-types.js';
import { IMPORTS } from './imports.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const nameSchema = z.enum(IMPORT_NAMES);
const importQuery = z.strictObject({ dryRun: z.stringbool().default(false) });

@ApiTags('tariffs')
@Controller('api/v1/imports')
export class ImportsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** A dry run is the same path: it says what would change, what is wrong, and what it would do to months. */
  @Post(':name')
  @HttpCode(200)
  @Answers('Imports a list from CSV or Excel, all or nothing; with dryRun it changes nothing', importAnswerSchema)
  async run(
    @CurrentActor() actor: Actor,
    @Param('name', { schema: nameSchema }) name: ImportName,
    @Query({ schema: importQuery }) { dryRun }: z.infer<typeof importQuery>,
    @Body({ schema: importSchema }) file: Import,
  ): Promise<ImportAnswer> {
    scopeFor(actor, 'tariff.change');
    const bytes = Buffer.from(file.contentBase64, 'base64');
    const sheet = await sheetOf(file.fileName, bytes);
    const { sql, now } = this.backoffice;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const event = { actor: actor.label, subject: `import/${name}/${sha256}`, installationId: null, before: null };
    const asked = { fileName: file.fileName, rows: sheet.rows.length, series: file.series ?? null };
    if (!dryRun) await recordAudit(sql, { ...event, action: `import.${name}.asked`, after: asked });
    const answer = await IMPORTS[name].run(sql, { sheet, dryRun, series: file.series, by: actor.label, now: now() });
    if (!dryRun) {
      const { created, changed, same, changes, problems } = answer;
      const outcome = answer.imported ? 'done' : 'refused';
      const after = { ...asked, created, changed, same, changes, problems };
      await recordAudit(sql, { ...event, action: `import.${name}.${outcome}`, after });
    }
    return answer;
  }
}

async function sheetOf(fileName: string, bytes: Uint8Array): Promise<Sheet> {
  try {
    return await readSheet(fileName, bytes);
  } catch (error) {
    if (!(error instanceof UnreadableSheet)) throw error;
    throw new Problem(400, 'unreadable-file', 'Unreadable file', error.message, { field: 'contentBase64' });
  }
}
