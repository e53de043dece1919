import type { IncomingMessage } from 'node:http';

import { holderOfApiToken } from '#libs/identity/api-tokens.js';
import { userBySession } from '#libs/identity/sessions.js';
import type { User } from '#libs/identity/users.js';

import type { Actor } from './actor.js';
import type { Backoffice } from './tokens.js';

export const SESSION_COOKIE = 'chazemo_session';

export function actorOfUser(user: User): Actor {
  const { role, condominiumId, customerId } = user;
  return { role, condominiumId, customerId, label: user.email, user };
}

/** The value of a cookie of the request, or null. */
export function cookieOf(request: IncomingMessage, name: string): string | null {
  for (const pair of (request.headers.cookie ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/** The actor behind the request's bearer token or session cookie, or null. */
export async function authenticate(backoffice: Backoffice, request: IncomingMessage): Promise<Actor | null> {
  const now = backoffice.now();
  const bearer = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (bearer !== undefined) {
    const holder = await holderOfApiToken(backoffice.sql, bearer, now);
    if (holder === null) return null;
    const { role, condominiumId, name } = holder;
    return { role, condominiumId, customerId: null, label: `api:${name}`, user: null };
  }
  const token = cookieOf(request, SESSION_COOKIE);
  if (token === null) return null;
  const user = await userBySession(backoffice.sql, token, { secret: backoffice.settings.secret, now });
  return user === null ? null : actorOfUser(user);
}

/**
 * Whether a request that rides on a cookie comes from our own pages: browsers send Origin, or at least
 * Sec-Fetch-Site, with everything that is not a plain GET.
 */
export function isSameOrigin(request: IncomingMessage): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined) return request.headers['sec-fetch-site'] === 'same-origin';
  try {
    return new URL(origin).host === host;
  } catch {
    return false;
  }
}
