import type { LoggerService } from '@nestjs/common';
import { pino, type Logger } from 'pino';

export type { Logger } from 'pino';

export const LOG = Symbol('gateway log');

/** JSON lines on standard output, with ids and no card, password or person in them. */
export function openLog(level = process.env['LOG_LEVEL'] ?? 'info'): Logger {
  return pino({ base: { app: 'gateway' }, level, redact: ['idTag', '*.idTag', 'password', '*.password'] });
}

/** Nest's own words in the same log. */
export function nestLog(log: Logger): LoggerService {
  return {
    log: (message: unknown) => log.debug(String(message)),
    warn: (message: unknown) => log.warn(String(message)),
    error: (message: unknown) => log.error(String(message)),
    fatal: (message: unknown) => log.fatal(String(message)),
  };
}
