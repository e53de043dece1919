import type { LoggerService } from '@nestjs/common';
import type { Logger } from 'pino';

/** Nest's own words in our log: what it does at start is detail, what worries it is not. */
export class NestLog implements LoggerService {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  log(message: unknown, ...context: unknown[]): void {
    this.#log.debug({ context }, String(message));
  }

  warn(message: unknown, ...context: unknown[]): void {
    this.#log.warn({ context }, String(message));
  }

  error(message: unknown, ...context: unknown[]): void {
    this.#log.error(message instanceof Error ? { err: message, context } : { context }, String(message));
  }
}
