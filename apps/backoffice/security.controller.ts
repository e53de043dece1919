import { randomUUID } from 'node:crypto';

import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { changePassword, passwordByHand, type PasswordRefusal } from '#libs/security/charger-passwords.js';
import { allowUnsecured, setProfile, type ProfileRefusal } from '#libs/security/charger-profile.js';
import type { SecurityProfile } from '#libs/security/judge-connection.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  changedPasswordSchema,
  chargerSecuritySchema,
  installationSecuritySchema,
  passwordByHandSchema,
  setInstallationSecuritySchema,
  setProfileSchema,
  type ChangedPassword,
  type ChargerSecurity,
  type InstallationSecurity,
  type PasswordByHand,
  type SetInstallationSecurity,
  type SetProfile,
} from './api-types.js';
import { chargerById } from './chargers.queries.js';
import { Problem } from './problem.js';
import { chargerSecurity, installationSecurity } from './security.queries.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const REFUSALS: Readonly<Record<(PasswordRefusal | ProfileRefusal)['code'], readonly [code: string, words: string]>> = {
  'PASSWORD.NO_CHARGER': ['charger-not-found', 'There is no such charger.'],
  'PASSWORD.UNDER_WAY': ['password-under-way', 'A new password is on its way to the charger: wait for its answer.'],
  'PASSWORD.TOO_MANY_OPEN': [
    'password-too-many',
    'Several new passwords were given and the charger has come with none of them: put it right at the charger first.',
  ],
  'PROFILE.NO_CHARGER': ['charger-not-found', 'There is no such charger.'],
  'PROFILE.UNSECURED_NOT_ALLOWED': [
    'unsecured-not-allowed',
    'The installation lets no charger in that has no password: allow it there first.',
  ],
  'PROFILE.NO_PASSWORD': ['profile-no-password', 'The charger has no password: give it one first.'],
};

@ApiTags('security')
@Controller('api/v1')
export class SecurityController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('chargers/:id/security')
  @Answers('What a charger must come with, what is under way, and what was noted', chargerSecuritySchema)
  async one(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<ChargerSecurity> {
    return this.#found(this.backoffice.sql, scopeFor(actor, 'charger.read'), id);
  }

  @Put('chargers/:id/security')
  @Answers(
    'Sets the security profile: more holds when the charger has come with it, less at once',
    chargerSecuritySchema,
  )
  async set(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: setProfileSchema }) body: SetProfile,
  ): Promise<ChargerSecurity> {
    const scope = scopeFor(actor, 'charger.secure');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      const before = await this.#found(trx, scope, id);
      if (body.profile < before.profile) scopeFor(actor, 'charger.unsecure');
      const done = await setProfile(trx, { chargerId: id, profile: body.profile as SecurityProfile });
      if ('refused' in done) throw problemOf(done.refused);
      await this.#audit(trx, actor, id, 'charger.profile', done.ok);
      return this.#found(trx, scope, id);
    });
  }

  /** POST by command: nothing secret is in the answer, so that it may be kept under its Idempotency-Key. */
  @Post('chargers/:id/password')
  @HttpCode(202)
  @Answers(
    'Asks a charger to take a new password; the one of before holds until it comes with it',
    changedPasswordSchema,
    202,
  )
  async changePassword(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<ChangedPassword> {
    const scope = scopeFor(actor, 'charger.secure');
    const { sql, now, settings } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      await this.#found(trx, scope, id);
      const asked = await changePassword(trx, {
        chargerId: id,
        by: actor.label,
        key: `password/api/${actor.label}/${idempotencyKey ?? randomUUID()}`,
        now: now(),
        vault: commandVault(settings.secret),
      });
      if ('refused' in asked) throw problemOf(asked.refused);
      const { commandId, isNew } = asked.ok;
      if (isNew) await this.#audit(trx, actor, id, 'charger.password', { after: { commandId } });
      return { chargerId: id, commandId };
    });
  }

  /** PUT: its answer holds the password and is kept nowhere. */
  @Put('chargers/:id/password')
  @Answers('Makes a new password to type in at the charger, told once', passwordByHandSchema)
  async passwordByHand(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<PasswordByHand> {
    const scope = scopeFor(actor, 'charger.secure');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      await this.#found(trx, scope, id);
      const made = await passwordByHand(trx, { chargerId: id, by: actor.label, now: now() });
      if ('refused' in made) throw problemOf(made.refused);
      await this.#audit(trx, actor, id, 'charger.password', { after: { byHand: true } });
      return { chargerId: id, password: made.ok.password };
    });
  }

  @Get('installations/:id/security')
  @Answers('Whether chargers without a password are let in', installationSecuritySchema)
  async ofInstallation(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<InstallationSecurity> {
    return this.#installation(this.backoffice.sql, scopeFor(actor, 'charger.read'), id);
  }

  @Put('installations/:id/security')
  @Answers('Lets chargers of security profile 0 in, or no longer', installationSecuritySchema)
  async setInstallation(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: setInstallationSecuritySchema }) body: SetInstallationSecurity,
  ): Promise<InstallationSecurity> {
    const scope = scopeFor(actor, 'charger.unsecure');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      const before = await this.#installation(trx, scope, id);
      await allowUnsecured(trx, { installationId: id, isAllowed: body.allowUnsecured });
      const after = { allowUnsecured: body.allowUnsecured };
      const event = { actor: actor.label, action: 'installation.security', subject: `installation/${id}` };
      await recordAudit(trx, { ...event, installationId: id, before, after });
      return this.#installation(trx, scope, id);
    });
  }

  async #audit(
    trx: Sql,
    actor: Actor,
    chargerId: string,
    action: string,
    change: { readonly before?: unknown; readonly after: unknown },
  ): Promise<void> {
    const charger = await chargerById(trx, { kind: 'all' }, chargerId);
    const event = { actor: actor.label, action, subject: `charger/${chargerId}` };
    await recordAudit(trx, { ...event, installationId: charger?.installationId ?? null, before: null, ...change });
  }

  async #found(sql: Sql, scope: TenantScope, id: string): Promise<ChargerSecurity> {
    const found = await chargerSecurity(sql, scope, id);
    if (found === null) throw Problem.notFound('charger');
    return found;
  }

  async #installation(sql: Sql, scope: TenantScope, id: string): Promise<InstallationSecurity> {
    const found = await installationSecurity(sql, scope, id);
    if (found === null) throw Problem.notFound('installation');
    return found;
  }
}

function problemOf({ code }: PasswordRefusal | ProfileRefusal): Problem {
  const [short, words] = REFUSALS[code];
  return Problem.refused(words, short);
}
