import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';

import { PUBLIC, type ActingRequest } from './actor.js';
import { authenticate, cookieOf, isSameOrigin, SESSION_COOKIE } from './authentication.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Finds out who is there; refuses strangers, and writes that other sites send with our cookie. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(
    @Inject(BACKOFFICE) private readonly backoffice: Backoffice,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const request = context.switchToHttp().getRequest<ActingRequest>();
    const ridesOnCookie = request.headers.authorization === undefined && cookieOf(request, SESSION_COOKIE) !== null;
    if (ridesOnCookie && !READING.has(request.method) && !isSameOrigin(request)) {
      throw new Problem(403, 'foreign-origin', 'Foreign origin', 'This request came from a page that is not ours.');
    }
    if (this.reflector.getAllAndOverride<boolean>(PUBLIC, [context.getHandler(), context.getClass()])) return true;
    const actor = await authenticate(this.backoffice, request);
    if (actor === null) throw Problem.notSignedIn();
    request.actor = actor;
    return true;
  }
}
