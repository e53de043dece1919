import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';

import { VERSION } from './system.controller.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;

const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;
const SIGN_IN = { path: '/api/v1/session', method: 'post' };

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The same request with the same key is carried out once and answered the same.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
} as const;

/** The OpenAPI document of all controllers, with what holds for every operation said at each. */
export function openApi(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setTitle('ChaZeMo')
    .setDescription(
      'Money in cents, energy in Wh, instants in UTC. Errors are RFC 9457 problem documents. POSTs take Idempotency-Key. ' +
        '`chazemo api-token create` makes a bearer token; a browser has its session cookie.',
    )
    .setVersion(VERSION)
    .addBearerAuth({ type: 'http', scheme: 'bearer' }, 'bearer')
    .addCookieAuth('chazemo_session')
    .addSecurityRequirements('bearer')
    .addSecurityRequirements('cookie')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  for (const [path, item] of Object.entries(document.paths)) {
    for (const method of METHODS) {
      const operation = item[method];
      if (operation !== undefined) complete(operation, path, method);
    }
  }
  return document;
}

function complete(operation: Operation, path: string, method: string): void {
  if (path === SIGN_IN.path && method === SIGN_IN.method) operation.security = [];
  else if (method === 'post') operation.parameters = [...(operation.parameters ?? []), IDEMPOTENCY_KEY];
  const problem = operation.responses['default'];
  if (problem === undefined || !('content' in problem)) return;
  const schema = problem.content?.['application/json'];
  if (schema !== undefined) problem.content = { 'application/problem+json': schema };
}
