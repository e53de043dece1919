import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { keepMeterReading, setCircuits, type CircuitsRefusal } from '#libs/circuits/set-circuits.js';
import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  circuitsSchema,
  keptReadingSchema,
  mainMeterReadingSchema,
  setCircuitsSchema,
  type Circuits,
  type KeptReading,
  type MainMeterReading,
  type SetCircuits,
} from './api-types.js';
import { circuitsOf, meteredInstallation } from './circuits.queries.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

/** A reading from further ahead than clocks differ is of another day. */
const AHEAD_MS = 60_000;

@ApiTags('circuits')
@Controller('api/v1')
export class CircuitsController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get('installations/:id/circuits')
  @Answers('The circuits of an installation: what each may carry, what is given, what flows', circuitsSchema)
  async one(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<Circuits> {
    return this.#found(this.backoffice.sql, scopeFor(actor, 'circuit.read'), id);
  }

  @Put('installations/:id/circuits')
  @Answers('Sets circuits, the wiring of chargers and what spots are promised; what is not named stays', circuitsSchema)
  async set(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Body({ schema: setCircuitsSchema }) body: SetCircuits,
  ): Promise<Circuits> {
    const scope = scopeFor(actor, 'circuit.change');
    return this.backoffice.sql.transaction().execute(async (trx) => {
      const before = await this.#found(trx, scope, id);
      const done = await setCircuits(trx, id, body, this.backoffice.now());
      if ('refused' in done) throw problemOf(done.refused);
      const after = await this.#found(trx, scope, id);
      await recordAudit(trx, {
        actor: actor.label,
        action: 'circuits.set',
        subject: `installation/${id}`,
        installationId: id,
        before: keptOf(before),
        after: keptOf(after),
      });
      return after;
    });
  }

  @Post('circuits/:id/main-meter')
  @HttpCode(200)
  @Answers(
    'Takes a reading of the main meter of a circuit; an older one than is known changes nothing',
    keptReadingSchema,
  )
  async report(
    @CurrentActor() actor: Actor,
    @Param('id', { schema: z.uuid() }) id: string,
    @Body({ schema: mainMeterReadingSchema }) body: MainMeterReading,
  ): Promise<KeptReading> {
    const scope = scopeFor(actor, 'main-meter.report');
    const { sql, now } = this.backoffice;
    if ((await meteredInstallation(sql, scope, id)) === null) throw Problem.notFound('circuit');
    const at = new Date(body.at);
    if (at.getTime() > now().getTime() + AHEAD_MS) throw Problem.invalidField('at', 'The reading is from the future.');
    const perPhaseDeciA = [body.l1DeciA, body.l2DeciA, body.l3DeciA] as const;
    if (!(await keepMeterReading(sql, { circuitId: id, at, measures: body.measures, perPhaseDeciA }))) {
      throw Problem.refused('The circuit has no main meter: give it a reserve first.', 'no-main-meter');
    }
    return { circuitId: id, at: at.toISOString() };
  }

  async #found(sql: Sql, scope: TenantScope, id: string): Promise<Circuits> {
    const found = await circuitsOf(sql, scope, id, this.backoffice.now());
    if (found === null) throw Problem.notFound('installation');
    return found;
  }
}

/** What people set, without what flows. */
function keptOf({ isShared, circuits, connectors }: Circuits): object {
  return {
    isShared,
    circuits: circuits.map(({ circuitId, name, parentId, maxCurrentA, reserveA, readingMaxAgeS }) => ({
      circuitId,
      name,
      parentId,
      maxCurrentA,
      reserveA,
      readingMaxAgeS,
    })),
    connectors: connectors.map(
      ({ chargerId, spotName, phaseRotation, maxCurrentA, offlineCurrentA, priority, guaranteedA }) => ({
        chargerId,
        spotName,
        phaseRotation,
        maxCurrentA,
        offlineCurrentA,
        priority,
        guaranteedA,
      }),
    ),
  };
}

function problemOf(refused: CircuitsRefusal): Problem {
  switch (refused.code) {
    case 'not-here':
      return Problem.notFound(`${refused.what} ${refused.id} in this installation`);
    case 'name-taken':
      return Problem.refused(`There is a circuit ${refused.name} already.`, 'circuit-name-taken');
    case 'under-itself':
      return Problem.refused(`${refused.name} would hang under itself.`, 'circuit-under-itself');
    case 'meter-below-root':
      return Problem.refused(`${refused.name} hangs under another: only a root has a main meter.`, 'circuit-meter');
    case 'defaults-exceed':
      return Problem.refused(
        `In ${refused.name} chargers would give ${refused.defaultsA} A by themselves; it bears ${refused.limitA} A.`,
        'circuit-defaults-exceed',
      );
    case 'promises-exceed':
      return Problem.refused(
        `${refused.name} cannot keep what its spots would be promised together: ${refused.excessA} A are missing.`,
        'circuit-promises-exceed',
      );
    default:
      return refused satisfies never;
  }
}
