import type { Context } from '@temporalio/activity';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import type { ActivityInboundCallsInterceptor } from '@temporalio/worker';

import { BROKEN_ACTIVITY } from '#workflows/refusal.js';

/** So often a broken invariant is tried: it may have been a deploy half done. Then a person decides. */
const ATTEMPTS = 5;

/** Node's and PostgreSQL's words for "not reachable", "shutting down", "too many", "try that transaction again". */
const TRANSIENT_CODES =
  /^(ECONN(REFUSED|RESET|ABORTED)|ETIMEDOUT|EPIPE|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|ESOCKET|ECONNECTION|EDNS|08...|53...|57P..|40001|40P01|55P03|25006|58030)$/;
const TRANSIENT_TYPES = /^Stripe(Connection|RateLimit|API)Error$/;
const TRANSIENT_WORDS = /connection terminated|timeout exceeded|connection.*(closed|refused|reset)|socket hang up/i;

/** Whether waiting may cure it: an outage, not a contradiction. Looks through causes and aggregates. */
export function isTransient(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > 5) return false;
  const { code, type, message, responseCode, cause, errors } = error as Readonly<Record<string, unknown>>;
  if (typeof code === 'string' && TRANSIENT_CODES.test(code)) return true;
  if (typeof type === 'string' && TRANSIENT_TYPES.test(type)) return true;
  if (typeof responseCode === 'number' && responseCode >= 400 && responseCode < 500) return true; // SMTP: later
  if (typeof message === 'string' && TRANSIENT_WORDS.test(message)) return true;
  if (Array.isArray(errors) && errors.some((inner) => isTransient(inner, depth + 1))) return true;
  return isTransient(cause, depth + 1);
}

/**
 * Turns an activity's error into the end of its retries when waiting cannot cure it: the workflow then parks and waits
 * for a person (workflows/refusal.ts). Records of progress are tried for ever: nobody could park without them.
 */
export class GiveUpInterceptor implements ActivityInboundCallsInterceptor {
  readonly #context: Context;

  constructor(context: Context) {
    this.#context = context;
  }

  async execute(
    input: Parameters<NonNullable<ActivityInboundCallsInterceptor['execute']>>[0],
    next: Parameters<NonNullable<ActivityInboundCallsInterceptor['execute']>>[1],
  ): Promise<unknown> {
    try {
      return await next(input);
    } catch (error) {
      const { attempt, activityType } = this.#context.info;
      if (error instanceof CancelledFailure || error instanceof ApplicationFailure) throw error;
      if (attempt < ATTEMPTS || activityType.startsWith('record') || isTransient(error)) throw error;
      throw ApplicationFailure.create({
        message: error instanceof Error ? error.message : String(error),
        type: BROKEN_ACTIVITY,
        nonRetryable: true,
        ...(error instanceof Error ? { cause: error } : {}),
      });
    }
  }
}
