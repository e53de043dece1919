import { randomUUID } from 'node:crypto';

import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';

import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import { certificateOf, revokeCertificates } from '#libs/security/ca/charger-certificate.js';
import { askForRequest } from '#libs/security/ca/renew-certificates.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  chargerCertificateSchema,
  renewedCertificateSchema,
  revokeCertificateSchema,
  type ChargerCertificate,
  type RenewedCertificate,
  type RevokeCertificate,
} from './api-types.js';
import { chargerById } from './chargers.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

@ApiTags('security')
@Controller('api/v1')
export class CertificatesController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('chargers/:id/certificate')
  @Answers('The certificate by which a charger says who it is', chargerCertificateSchema)
  async one(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<ChargerCertificate> {
    const { sql } = this.backoffice;
    await this.#installationOf(sql, scopeFor(actor, 'charger.read'), id);
    return this.#shown(sql, id);
  }

  @Post('chargers/:id/certificate/renew')
  @HttpCode(202)
  @Answers('Asks a charger for a new certificate request; what it has stays good', renewedCertificateSchema, 202)
  async renew(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
  ): Promise<RenewedCertificate> {
    const scope = scopeFor(actor, 'charger.secure');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const installationId = await this.#installationOf(trx, scope, id);
      const asked = await askForRequest(trx, {
        chargerId: id,
        by: actor.label,
        key: `certificate/api/${actor.label}/${idempotencyKey ?? randomUUID()}`,
        now: now(),
      });
      if ('refused' in asked) throw Problem.notFound('charger');
      const commandId = asked.ok.id;
      const event = { actor: actor.label, action: 'charger.certificate-renew', subject: `charger/${id}` };
      if (asked.ok.isNew) await recordAudit(trx, { ...event, installationId, before: null, after: { commandId } });
      return { chargerId: id, commandId };
    });
  }

  @Post('chargers/:id/certificate/revoke')
  @HttpCode(200)
  @Answers('Revokes every good certificate of a charger: it comes in with none of them again', chargerCertificateSchema)
  async revoke(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: revokeCertificateSchema }) body: RevokeCertificate,
  ): Promise<ChargerCertificate> {
    const scope = scopeFor(actor, 'charger.secure');
    const { sql, now } = this.backoffice;
    return sql.transaction().execute(async (trx) => {
      const installationId = await this.#installationOf(trx, scope, id);
      const order = { chargerId: id, by: actor.label, because: body.reason, now: now() };
      const done = await revokeCertificates(trx, order);
      if ('refused' in done) throw Problem.refused('The charger has no certificate that is good.', 'certificate-none');
      const event = { actor: actor.label, action: 'charger.certificate-revoke', subject: `charger/${id}` };
      const after = { serials: done.ok.serials, reason: body.reason };
      await recordAudit(trx, { ...event, installationId, before: null, after });
      return this.#shown(trx, id);
    });
  }

  async #installationOf(sql: Sql, scope: TenantScope, id: string): Promise<string> {
    const charger = await chargerById(sql, scope, id);
    if (charger === null) throw Problem.notFound('charger');
    return charger.installationId;
  }

  async #shown(sql: Sql, chargerId: string): Promise<ChargerCertificate> {
    const found = await certificateOf(sql, chargerId, this.backoffice.now());
    const { notBefore, notAfter, seenAt, revoked, refusal } = found;
    return {
      chargerId,
      ...found,
      notBefore: notBefore?.toISOString() ?? null,
      notAfter: notAfter?.toISOString() ?? null,
      seenAt: seenAt?.toISOString() ?? null,
      revoked: revoked === null ? null : { ...revoked, at: revoked.at.toISOString() },
      refusal: refusal === null ? null : { ...refusal, at: refusal.at.toISOString() },
    };
  }
}
