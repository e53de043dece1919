import { applyDecorators } from '@nestjs/common';
import { ApiDefaultResponse, ApiOperation, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

import { problemSchema } from './api-types.js';

const problem = () => ApiDefaultResponse({ standardSchema: problemSchema, description: 'RFC 9457 problem document' });

/** For the OpenAPI document: what an operation is for, its answer's schema, a problem document for everything else. */
export function Answers(summary: string, schema: z.ZodType, status = 200): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status, standardSchema: schema, description: 'Done' }),
    problem(),
  );
}

/** ... an operation that answers nothing. */
export function AnswersNothing(summary: string): MethodDecorator {
  return applyDecorators(ApiOperation({ summary }), ApiResponse({ status: 204, description: 'Done' }), problem());
}

/** ... an operation that answers with a file's bytes. */
export function AnswersFile(summary: string): MethodDecorator {
  const schema = { type: 'string', format: 'binary' };
  const content = { 'application/octet-stream': { schema } };
  return applyDecorators(
    ApiOperation({ summary }),
    ApiResponse({ status: 200, description: 'The file, with its own content type and name', content }),
    problem(),
  );
}
