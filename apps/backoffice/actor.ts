import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

import { scopeOf, type Action, type Person, type TenantScope } from '#libs/identity/permissions.js';
import type { User } from '#libs/identity/users.js';

import { Problem } from './problem.js';

/** Who sent the request: a signed-in user or the holder of an API token. */
export interface Actor extends Person {
  /** How the audit log names them: an e-mail address, or `api:<token name>`. */
  readonly label: string;
  /** Null for an API token. */
  readonly user: User | null;
}

export interface ActingRequest extends Request {
  actor?: Actor;
}

export const PUBLIC = 'chazemo:public';
/** A handler that needs nobody signed in. */
export const Public = (): ClassDecorator & MethodDecorator => SetMetadata(PUBLIC, true);

/** The actor of the request; the authentication guard has put it there. */
export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<ActingRequest>();
  if (actor === undefined) throw Problem.notSignedIn();
  return actor;
});

/** The first line of every handler: what the actor may see for this action. Throws the 403 problem when nothing. */
export function scopeFor(actor: Actor, action: Action): TenantScope {
  const scope = scopeOf(actor, action);
  if (scope === null) throw Problem.notAllowed(action);
  return scope;
}
