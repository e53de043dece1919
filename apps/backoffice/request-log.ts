import type { IncomingMessage, ServerResponse } from 'node:http';

import type { Logger } from 'pino';
import { pinoHttp, type HttpLogger } from 'pino-http';

/** Not worth a line each. */
const QUIET = /^\/(healthz|readyz|metrics|assets\/)/;

/** The path without what may name a person: no query, no customer number. */
export function loggedPath(url: string): string {
  const path = url.split('?', 1)[0] ?? '';
  return path.replace(/\/customers\/[^/]+/, '/customers/…');
}

/** Requests in the log: which, how they ended, how long they took; no header, body or address. */
export function logRequests(log: Logger): HttpLogger {
  return pinoHttp({
    logger: log,
    quietReqLogger: true,
    autoLogging: { ignore: (request: IncomingMessage) => QUIET.test(request.url ?? '') },
    customErrorMessage: (_request: IncomingMessage, response: ServerResponse) => `answered ${response.statusCode}`,
    customSuccessMessage: (_request: IncomingMessage, response: ServerResponse) => `answered ${response.statusCode}`,
    wrapSerializers: false,
    serializers: {
      req: (request: IncomingMessage & { originalUrl?: string }) => ({
        method: request.method,
        path: loggedPath(request.originalUrl ?? request.url ?? ''),
      }),
      res: (response: ServerResponse) => ({ status: response.statusCode }),
      err: () => undefined,
    },
  });
}
