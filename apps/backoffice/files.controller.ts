import { Controller, Get, Inject, Param, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { covers } from '#libs/identity/permissions.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { AnswersFile } from './answers.js';
import { attachment } from './attachment.js';
import { fileContent, ownerOfFile } from './files.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

@ApiTags('files')
@Controller('api/v1/files')
export class FilesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get(':id')
  @AnswersFile('A file by its id: an invoice, a report, an attachment')
  async download(@CurrentActor() actor: Actor, @Param('id', { schema: z.uuid() }) id: string): Promise<StreamableFile> {
    const scope = scopeFor(actor, 'file.read');
    const owner = await ownerOfFile(this.backoffice.sql, id);
    if (owner === null || !covers(scope, owner)) throw Problem.notFound('file');
    const { bytes, contentType, fileName } = await fileContent(this.backoffice.sql, id);
    return new StreamableFile(bytes, {
      type: contentType,
      disposition: attachment(fileName),
      length: bytes.byteLength,
    });
  }
}
