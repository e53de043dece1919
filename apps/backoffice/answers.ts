import { applyDecorators } from '@nestjs/common';
import { ApiDefaultResponse, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

import { problemSchema } from './api-types.js';

/** What an operation answers, for the OpenAPI document: its schema, and a problem document for everything else. */
export function Answers(schema: z.ZodType, status = 200): MethodDecorator {
  return applyDecorators(
    ApiResponse({ status, standardSchema: schema, description: 'Done' }),
    ApiDefaultResponse({ standardSchema: problemSchema, description: 'RFC 9457 problem document' }),
  );
}
