import { Inject, Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Response } from 'express';
import { from, lastValueFrom, type Observable } from 'rxjs';

import {
  beginWrite,
  finishWrite,
  forgetWrite,
  requestDigest,
  type IdempotentWrite,
} from '#libs/identity/idempotency.js';

import type { ActingRequest } from './actor.js';
import { problemSchema } from './api-types.js';
import { Problem, toProblem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const LONGEST_KEY = 255;

function replayed(status: number, body: unknown): unknown {
  const kept = problemSchema.safeParse(body);
  if (status < 400 || !kept.success) return body;
  const { type, title, detail, field, issues } = kept.data;
  throw new Problem(status, type.replace('/problems/', ''), title, detail, {
    ...(field === undefined ? {} : { field }),
    ...(issues === undefined ? {} : { issues }),
    headers: { 'idempotency-replayed': 'true' },
  });
}

/** A POST with an Idempotency-Key is done once; the same request again gets the same answer. */
@Injectable()
export class IdempotencyInterceptor implements NestInterceptor {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<ActingRequest>();
    const key = request.headers['idempotency-key'];
    if (request.method !== 'POST' || request.actor === undefined || key === undefined) return next.handle();
    if (typeof key !== 'string' || key.length === 0 || key.length > LONGEST_KEY) {
      throw Problem.invalidField('Idempotency-Key', `Idempotency-Key must have 1 to ${LONGEST_KEY} characters`);
    }
    const digest = requestDigest(request.method, request.originalUrl, request.body);
    const write = { actor: request.actor.label, key, request: digest };
    return from(this.#once(write, next, context.switchToHttp().getResponse<Response>()));
  }

  async #once(write: IdempotentWrite, next: CallHandler, response: Response): Promise<unknown> {
    const turn = await beginWrite(this.backoffice.sql, write, this.backoffice.now());
    switch (turn.turn) {
      case 'first':
        return this.#first(write, next, response);
      case 'replay':
        response.status(turn.status).set('idempotency-replayed', 'true');
        return replayed(turn.status, turn.body);
      case 'reused':
        throw new Problem(
          422,
          'idempotency-key-reused',
          'Key reused',
          'This Idempotency-Key was sent with another request.',
        );
      case 'in-progress':
        throw Problem.refused('The same request is being worked on right now.', 'idempotency-in-progress');
      default:
        return turn satisfies never;
    }
  }

  async #first(write: IdempotentWrite, next: CallHandler, response: Response): Promise<unknown> {
    const { sql } = this.backoffice;
    try {
      const body: unknown = await lastValueFrom(next.handle(), { defaultValue: null });
      await finishWrite(sql, write, response.statusCode, body);
      return body;
    } catch (error) {
      const problem = toProblem(error);
      if (problem.status >= 500 || problem.status === 429) await forgetWrite(sql, write);
      else await finishWrite(sql, write, problem.status, problem.document);
      throw error;
    }
  }
}
