import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { adoptCharger, refuseCandidate, type AdoptionRefusal } from '#libs/security/adopt-charger.js';
import { changePassword } from '#libs/security/charger-passwords.js';
import { closeWindow, openWindow } from '#libs/security/enrolment.js';
import { waitingChargers, windowOf } from '#libs/security/waiting-chargers.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  adoptedSchema,
  adoptSchema,
  enrolmentSchema,
  openedEnrolmentSchema,
  openEnrolmentSchema,
  type Adopt,
  type AdoptedCharger,
  type Enrolment,
  type OpenedEnrolment,
  type OpenEnrolment,
} from './api-types.js';
import { Problem } from './problem.js';
import { installationOfCandidate, installationSecurity } from './security.queries.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const HOUR_MS = 60 * 60_000;

const REFUSALS: Readonly<Record<AdoptionRefusal['code'], readonly [code: string, words: string]>> = {
  'ENROLMENT.NOT_WAITING': ['enrolment-decided', 'It waits no longer: somebody has decided.'],
  'ENROLMENT.CHARGER_EXISTS': ['enrolment-charger-exists', 'There is a charger of this name already.'],
  'ENROLMENT.SPOT_TAKEN': ['enrolment-spot-taken', 'There is a charger at this spot already.'],
  'ENROLMENT.UNSECURED_NOT_ALLOWED': [
    'unsecured-not-allowed',
    'It came without a password, and the installation lets nobody in without one.',
  ],
};

@ApiTags('security')
@Controller('api/v1')
export class EnrolmentController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('installations/:id/enrolment')
  @Answers('Whether unknown chargers may come, and which of them wait', enrolmentSchema)
  async one(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<Enrolment> {
    return this.#found(this.backoffice.sql, scopeFor(actor, 'charger.read'), id);
  }

  /** PUT: its answer holds the code and is kept nowhere. */
  @Put('installations/:id/enrolment')
  @Answers(
    'Opens a window for unknown chargers; one that was open is closed. The code is told once',
    openedEnrolmentSchema,
  )
  async open(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: openEnrolmentSchema }) { hours, most }: OpenEnrolment,
  ): Promise<OpenedEnrolment> {
    const scope = scopeFor(actor, 'charger.enrol');
    const now = this.backoffice.now();
    const until = new Date(now.getTime() + hours * HOUR_MS);
    return this.backoffice.sql.transaction().execute(async (trx) => {
      await this.#found(trx, scope, id);
      const { code } = await openWindow(trx, { installationId: id, by: actor.label, now, until, most });
      await this.#audit(trx, actor, 'enrolment.open', id, { until, most });
      return { ...(await this.#found(trx, scope, id)), code };
    });
  }

  @Post('installations/:id/enrolment/close')
  @HttpCode(200)
  @Answers('Lets no more unknown chargers come; who waits goes on waiting', enrolmentSchema)
  async close(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<Enrolment> {
    const scope = scopeFor(actor, 'charger.enrol');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      await this.#found(trx, scope, id);
      const isClosed = await closeWindow(trx, { installationId: id, now: this.backoffice.now() });
      if (isClosed) await this.#audit(trx, actor, 'enrolment.close', id, null);
      return this.#found(trx, scope, id);
    });
  }

  @Post('enrolment/:candidateId/adopt')
  @HttpCode(200)
  @Answers('Makes a waiting charger one of the installation, at a spot', adoptedSchema)
  async adopt(
    @CurrentActor() actor: Actor,
    @Param('candidateId', { schema: z.uuid() }) candidateId: string,
    @Body({ schema: adoptSchema }) { spot }: Adopt,
  ): Promise<AdoptedCharger> {
    const scope = scopeFor(actor, 'charger.enrol');
    const { sql, now, settings } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      await this.#installation(trx, scope, candidateId);
      const decision = { candidateId, by: actor.label, now: now() };
      const done = await adoptCharger(trx, { ...decision, spotName: spot });
      if ('refused' in done) {
        const [code, words] = REFUSALS[done.refused.code];
        throw Problem.refused(words, code);
      }
      const { chargerId, installationId, needsPassword } = done.ok;
      const own = { chargerId, by: actor.label, now: now(), key: `password/adopted/${candidateId}` };
      if (needsPassword) await changePassword(trx, { ...own, vault: commandVault(settings.secret) });
      await this.#audit(trx, actor, 'charger.adopt', installationId, { chargerId, spot });
      return { chargerId, installationId };
    });
  }

  @Post('enrolment/:candidateId/refuse')
  @HttpCode(200)
  @Answers('Turns a waiting charger away', enrolmentSchema)
  async refuse(
    @CurrentActor() actor: Actor,
    @Param('candidateId', { schema: z.uuid() }) candidateId: string,
  ): Promise<Enrolment> {
    const scope = scopeFor(actor, 'charger.enrol');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      const installationId = await this.#installation(trx, scope, candidateId);
      const decision = { candidateId, by: actor.label, now: this.backoffice.now() };
      const isRefused = await refuseCandidate(trx, decision);
      if (isRefused) await this.#audit(trx, actor, 'charger.refuse', installationId, { candidateId });
      return this.#found(trx, scope, installationId);
    });
  }

  async #audit(trx: Sql, actor: Actor, action: string, installationId: string, after: unknown): Promise<void> {
    const event = { actor: actor.label, action, subject: `installation/${installationId}`, installationId };
    await recordAudit(trx, { ...event, before: null, after });
  }

  async #installation(sql: Sql, scope: TenantScope, candidateId: string): Promise<string> {
    const found = await installationOfCandidate(sql, scope, candidateId);
    if (found === null) throw Problem.notFound('waiting charger');
    return found;
  }

  async #found(sql: Sql, scope: TenantScope, id: string): Promise<Enrolment> {
    if ((await installationSecurity(sql, scope, id)) === null) throw Problem.notFound('installation');
    const window = await windowOf(sql, id, this.backoffice.now());
    const waiting = await waitingChargers(sql, id);
    return {
      installationId: id,
      window:
        window === null
          ? null
          : {
              until: window.until.toISOString(),
              openedAt: window.openedAt.toISOString(),
              most: window.most,
              openedBy: window.openedBy,
            },
      waiting: waiting.map(({ installationId: _of, firstSeenAt, lastSeenAt, ...shown }) => {
        return Object.assign(shown, { firstSeenAt: firstSeenAt.toISOString(), lastSeenAt: lastSeenAt.toISOString() });
      }),
    };
  }
}
