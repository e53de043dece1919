import { randomUUID } from 'node:crypto';

import { Body, Controller, Get, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';

import { profileRefusal } from '#libs/circuits/refuse-profile.js';
import { askCharger, type AskRefusal } from '#libs/commands/ask-charger.js';
import { precisionOfCharger } from '#libs/commands/provision-charger.js';
import { recordAudit } from '#libs/identity/audit.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import { withoutSecrets } from '#libs/ocpp/command-secrets.js';
import type { Sql } from '#libs/persistence/database.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { keepAskedPassword } from '#libs/security/charger-passwords.js';

import { CurrentActor, scopeFor, type Actor } from './actor.js';
import { Answers } from './answers.js';
import {
  askChargerSchema,
  chargerCommandPageSchema,
  chargerCommandDetailSchema,
  chargerCommandSchema,
  chargerPageSchema,
  chargerDetailSchema,
  type AskCharger,
  type Charger,
  type ChargerCommand,
  type ChargerCommandDetail,
  type ChargerDetail,
  type Page,
} from './api-types.js';
import { chargerById, chargerCommand, chargerCommands, chargers } from './chargers.queries.js';
import { pagingFields } from './paging.js';
import { Problem } from './problem.js';
import { BACKOFFICE, type Backoffice } from './tokens.js';

const listQuery = z.strictObject({ ...pagingFields, installation: z.string().max(200).optional() });
const historyQuery = z.strictObject(pagingFields);
const idSchema = z.uuid();

const REFUSALS: Readonly<Record<AskRefusal['code'], readonly [code: string, words: string]>> = {
  'COMMAND.NO_CHARGER': ['command-refused', 'There is no such charger.'],
  'COMMAND.EXPIRED': ['command-refused', 'It would expire before it could be sent.'],
  'COMMAND.KEY_REUSED': ['command-refused', 'This Idempotency-Key was sent with another command.'],
  'COMMAND.PASSWORD_NOT_ALLOWED': [
    'password-not-allowed',
    "A charger's password has 32 to 40 hexadecimal digits, an even number of them; one of OCPP 2 may have 16 to 40 characters without spaces. A command names one password.",
  ],
};

const SHARED =
  'The current of this installation is shared: the limits of its chargers are kept by that. End the sharing first.';

@ApiTags('chargers')
@Controller('api/v1/chargers')
export class ChargersController {
  constructor(@Inject(BACKOFFICE) private readonly backoffice: Backoffice) {}

  @Get()
  @Answers('Chargers with the connection they have now', chargerPageSchema)
  async list(
    @CurrentActor() actor: Actor,
    @Query({ schema: listQuery }) query: z.infer<typeof listQuery>,
  ): Promise<Page<Charger>> {
    return chargers(this.backoffice.sql, scopeFor(actor, 'charger.read'), query);
  }

  @Get(':id')
  @Answers('A charger with its connection, what it is set to and how finely it tells its energy', chargerDetailSchema)
  async one(@CurrentActor() actor: Actor, @Param('id') id: string): Promise<ChargerDetail> {
    const charger = await this.#found(this.backoffice.sql, scopeFor(actor, 'charger.read'), id);
    const { precision, settings } = await precisionOfCharger(this.backoffice.sql, id);
    const told = settings.map(({ name, wanted, actual, state, readAt }) => {
      return { name, wanted, actual, state, readAt: readAt.toISOString() };
    });
    return { ...charger, precision, settings: told };
  }

  /** Recorded when this answers; it leaves when the charger is there. Its row tells what becomes of it. */
  @Post(':id/commands')
  @HttpCode(202)
  @Answers('Asks a charger for something; recorded, then delivered', chargerCommandSchema, 202)
  async ask(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Headers('idempotency-key') idempotencyKey: string | undefined,
    @Body({ schema: askChargerSchema }) { command, whenAbsent, waitSeconds }: AskCharger,
  ): Promise<ChargerCommand> {
    const scope = scopeFor(actor, 'charger.command');
    const { sql, now } = this.backoffice;
    const at = now();
    const expiresAt = new Date(at.getTime() + waitSeconds * 1_000);
    const key = `api/${actor.label}/${idempotencyKey ?? randomUUID()}`;
    return sql.transaction().execute(async (trx) => {
      const { installationId } = await this.#found(trx, scope, id);
      const vault = commandVault(this.backoffice.settings.secret);
      const order = { chargerId: id, command, by: actor.label, key, now: at, whenAbsent, expiresAt, vault };
      const asked = await askCharger(trx, order);
      if ('refused' in asked) {
        const [code, words] = REFUSALS[asked.refused.code];
        throw Problem.refused(words, code);
      }
      const made = await chargerCommand(trx, id, asked.ok.id);
      if (made === null) throw new Error(`command ${asked.ok.id} vanished while it was asked`);
      if (!asked.ok.isNew) return made;
      if ((await profileRefusal(trx, id, command)) !== null) throw Problem.refused(SHARED, 'current-is-shared');
      await keepAskedPassword(trx, { chargerId: id, by: actor.label, now: at, command, commandId: made.id });
      const event = { actor: actor.label, action: `charger.${command.kind}`, subject: `charger/${id}` };
      const after = { commandId: made.id, ...withoutSecrets(command) };
      await recordAudit(trx, { ...event, installationId, before: null, after });
      return made;
    });
  }

  @Get(':id/commands')
  @Answers('What a charger was asked for and what became of it, newest first', chargerCommandPageSchema)
  async history(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Query({ schema: historyQuery }) query: z.infer<typeof historyQuery>,
  ): Promise<Page<ChargerCommand>> {
    const { sql } = this.backoffice;
    await this.#found(sql, scopeFor(actor, 'charger.read'), id);
    return chargerCommands(sql, id, query);
  }

  @Get(':id/commands/:commandId')
  @Answers('A command, what became of it, and what the charger has told about it since', chargerCommandDetailSchema)
  async command(
    @CurrentActor() actor: Actor,
    @Param('id') id: string,
    @Param('commandId', { schema: idSchema }) commandId: string,
  ): Promise<ChargerCommandDetail> {
    const { sql } = this.backoffice;
    await this.#found(sql, scopeFor(actor, 'charger.read'), id);
    const found = await chargerCommand(sql, id, commandId);
    if (found === null) throw Problem.notFound('command');
    return found;
  }

  async #found(sql: Sql, scope: TenantScope, id: string): Promise<Charger> {
    const found = await chargerById(sql, scope, id);
    if (found === null) throw Problem.notFound('charger');
    return found;
  }
}
