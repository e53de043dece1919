import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import type { Logger } from 'pino';

import { toProblem } from './problem.js';

/** Every error leaves as an `application/problem+json` document. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  catch(error: unknown, host: ArgumentsHost): void {
    this.answer(error, host.switchToHttp().getResponse<Response>());
  }

  answer(error: unknown, response: Response): void {
    const problem = toProblem(error);
    if (problem.status >= 500) this.#log.error({ err: problem.cause ?? problem, code: problem.code }, 'request failed');
    if (response.headersSent) {
      response.end();
      return;
    }
    response.status(problem.status).set(problem.headers).type('application/problem+json').json(problem.document);
  }
}
