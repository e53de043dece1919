import type { IncomingMessage, ServerResponse } from 'node:http';

import { sql } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import type { GatewayMetrics } from './metrics.js';

const READY_TIMEOUT_MS = 2_000;

/** The plain HTTP side of the OCPP port: /healthz (the process answers), /readyz (the database answers), /metrics. */
export function answerProbe(
  request: IncomingMessage,
  response: ServerResponse,
  context: { readonly db: Sql; readonly metrics: GatewayMetrics; readonly isClosing: boolean },
): void {
  respond(request.url ?? '/', response, context).catch(() => response.writeHead(500).end());
}

async function respond(
  url: string,
  response: ServerResponse,
  { db, metrics, isClosing }: Parameters<typeof answerProbe>[2],
): Promise<void> {
  switch (url.split('?')[0]) {
    case '/healthz':
      return sendJson(response, 200, { status: 'ok' });
    case '/readyz': {
      const ready = !isClosing && (await databaseAnswers(db));
      return sendJson(response, ready ? 200 : 503, { status: ready ? 'ready' : 'not ready' });
    }
    case '/metrics':
      response.writeHead(200, { 'content-type': metrics.registry.contentType });
      response.end(await metrics.registry.metrics());
      return;
    default:
      return sendJson(response, 404, { type: 'about:blank', title: 'Not Found', status: 404 });
  }
}

function sendJson(response: ServerResponse, status: number, body: Record<string, unknown>): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function databaseAnswers(db: Sql): Promise<boolean> {
  const limit = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), READY_TIMEOUT_MS).unref());
  const asked = sql`select 1`.execute(db).then(
    () => true,
    () => false,
  );
  return Promise.race([asked, limit]);
}
