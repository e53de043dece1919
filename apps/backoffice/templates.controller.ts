import { Controller, Get, Param, StreamableFile } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { excelTemplate } from '#libs/registry/tabular/excel-template.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { AnswersFile } from './answers.js';
import { IMPORT_NAMES } from './api-types.js';
import { attachment } from './attachment.js';
import { IMPORTS } from './imports.js';
import { Problem } from './problem.js';

const fileSchema = z.string().max(60);
const EXCEL = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

@ApiTags('tariffs')
@Controller('api/v1/templates')
export class TemplatesController {
  @Get(':file')
  @AnswersFile('An empty list to fill in, with its columns explained: price-plan.xlsx, price-plan.csv, …')
  async one(
    @CurrentActor() actor: Actor,
    @Param('file', { schema: fileSchema }) file: string,
  ): Promise<StreamableFile> {
    scopeFor(actor, 'tariff.change');
    const [, asked, kind] = /^([a-z-]+)\.(xlsx|csv)$/.exec(file) ?? [];
    const name = IMPORT_NAMES.find((known) => known === asked);
    if (name === undefined) throw Problem.notFound('template');
    const { columns, examples } = IMPORTS[name];
    const disposition = attachment(file);
    if (kind === 'csv') {
      // As a Portuguese Excel opens it by double click: UTF-8 with mark, semicolons.
      const header = `\ufeff${columns.map((column) => column.name).join(';')}\r\n`;
      return new StreamableFile(Buffer.from(header), { type: 'text/csv; charset=utf-8', disposition });
    }
    const bytes = await excelTemplate(name, columns, examples).xlsx.writeBuffer();
    return new StreamableFile(new Uint8Array(bytes), { type: EXCEL, disposition });
  }
}
