import { Body, Controller, Delete, Get, HttpCode, Inject, Post, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { CookieOptions, Request, Response } from 'express';

import { closeSession, openSession, SESSION_LIMIT_MS } from '#libs/identity/sessions.js';
import { normalEmail, userByPassword, type User } from '#libs/identity/users.js';

import { CurrentActor, Public, type Actor } from './actor.js';
import { Answers, AnswersNothing } from './answers.js';
import { sessionSchema, signInSchema, userSchema, type Session, type SignIn } from './api-types.js';
import { cookieOf, isSameOrigin, SESSION_COOKIE } from './authentication.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const cookieOptions = (request: Request): CookieOptions => ({
  httpOnly: true,
  sameSite: 'lax',
  secure: request.secure,
  path: '/',
});

@ApiTags('session')
@Controller('api/v1/session')
export class SessionController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  /** Who is signed in. */
  @Get()
  @Answers('Who is signed in', sessionSchema)
  current(@CurrentActor() actor: Actor): Session {
    const { settings } = this.backoffice;
    const { label, role, condominiumId, customerId } = actor;
    const holder = { id: label, email: label, name: label, role, language: 'pt', condominiumId, customerId };
    return {
      user: actor.user ?? holder,
      labels: {
        stripe: settings.stripe.label,
        temporalUi: role === 'administrator' || role === 'staff' ? settings.temporal.uiUrl : null,
      },
    };
  }

  @Public()
  @Post()
  @HttpCode(200)
  @Answers('Signs in and sets the session cookie', userSchema)
  async signIn(
    @Body({ schema: signInSchema }) body: SignIn,
    @Req() request: Request,
    @Res({ passthrough: true }) response: Response,
  ): Promise<User> {
    if (request.headers.origin !== undefined && !isSameOrigin(request)) {
      throw new Problem(403, 'foreign-origin', 'Foreign origin', 'Sign in on our own page.');
    }
    const user = await this.#check(body, request.ip ?? 'unknown');
    const { sql, settings, now } = this.backoffice;
    const { token } = await openSession(sql, user.id, { secret: settings.secret, now: now() });
    response.cookie(SESSION_COOKIE, token, { ...cookieOptions(request), maxAge: SESSION_LIMIT_MS });
    return user;
  }

  async #check(body: SignIn, address: string): Promise<User> {
    const { sql, signInLimit, now } = this.backoffice;
    const account = normalEmail(body.email);
    const waitSeconds = signInLimit.retryAfterSeconds(account, address, now());
    if (waitSeconds > 0) {
      throw new Problem(429, 'too-many-sign-ins', 'Too many attempts', `Try again in ${waitSeconds} seconds.`, {
        headers: { 'retry-after': String(waitSeconds) },
      });
    }
    signInLimit.recordAttempt(account, address, now());
    const user = await userByPassword(sql, account, body.password);
    if (user === null) throw new Problem(401, 'wrong-password', 'Not signed in', 'Address or password is wrong.');
    signInLimit.recordSuccess(account, address);
    return user;
  }

  @Public()
  @Delete()
  @AnswersNothing('Signs out')
  @HttpCode(204)
  async signOut(@Req() request: Request, @Res({ passthrough: true }) response: Response): Promise<void> {
    const token = cookieOf(request, SESSION_COOKIE);
    if (token !== null) await closeSession(this.backoffice.sql, token, this.backoffice.settings.secret);
    response.clearCookie(SESSION_COOKIE, cookieOptions(request));
  }
}
