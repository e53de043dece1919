import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { Command } from 'commander';
import { z } from 'zod';

import { profileRefusal } from '#libs/circuits/refuse-profile.js';
import { askCharger, type AskRefusal } from '#libs/commands/ask-charger.js';
import { followUpOf } from '#libs/commands/command-follow-up.js';
import { commandById, commandsOf, type ShownCommand } from '#libs/commands/command-history.js';
import { recordAudit } from '#libs/identity/audit.js';
import { hasSecrets, withoutSecrets } from '#libs/ocpp/command-secrets.js';
import { COMMAND_KINDS, commandSchema, type Command as Asked } from '#libs/ocpp/commands.js';
import type { Sql } from '#libs/persistence/database.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { keepAskedPassword } from '#libs/security/charger-passwords.js';

import { ownSecret } from '../system/own-secret.js';
import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';
import { chargerCertificateCommand } from './charger-certificate.js';
import { chargerEnrolmentCommands } from './charger-enrolment.js';
import { chargerFramesCommand } from './charger-frames.js';
import { chargerPasswordCommand, chargerProfileCommand } from './charger-password.js';
import { parseJson } from './parse-json.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';
const LOOK_MS = 200;
const SHOWN = 50;

interface JsonFlag {
  readonly json?: boolean;
}
interface AskFlags extends JsonFlag {
  readonly request: string;
  readonly wait?: boolean;
  readonly refuseAbsent?: boolean;
  readonly seconds: string;
  readonly key?: string;
}

const REFUSALS: Readonly<Record<AskRefusal['code'], string>> = {
  'COMMAND.NO_CHARGER': 'There is no such charger: `chazemo charger list` names them',
  'COMMAND.EXPIRED': 'It may wait from one second to thirty days: --seconds',
  'COMMAND.KEY_REUSED': 'This key was given to another command',
  'COMMAND.PASSWORD_NOT_ALLOWED':
    'A password has 32 to 40 hexadecimal digits, an even number of them, or 16 to 40 characters for a charger of OCPP 2: `chazemo charger password` makes one',
};

const SHARED = 'The current of its installation is shared, which keeps its limits: end the sharing first';

function tell(result: unknown, text: string, { json }: JsonFlag): void {
  process.stdout.write(`${json === true ? JSON.stringify(result) : text}\n`);
}

function commandFrom(kind: string, request: string): Asked {
  if (!COMMAND_KINDS.some((known) => known === kind)) refuse(`A charger is asked for ${COMMAND_KINDS.join(', ')}`);
  const fields = parseJson('--request', request);
  const isObject = typeof fields === 'object' && fields !== null && !Array.isArray(fields);
  if (!isObject) refuse('--request is a JSON object');
  const parsed = commandSchema.safeParse({ ...fields, kind });
  if (!parsed.success) refuse(z.prettifyError(parsed.error));
  return parsed.data;
}

async function ask(chargerId: string, kind: string, flags: AskFlags): Promise<void> {
  const command = commandFrom(kind, flags.request);
  const seconds = Number(flags.seconds);
  if (!Number.isInteger(seconds)) refuse('--seconds is a whole number');
  const shown = await withDatabase(async ({ sql }) => {
    const now = new Date();
    const id = await sql.transaction().execute(async (trx) => {
      const asked = await askCharger(trx, {
        chargerId,
        command,
        by: BY,
        key: `cli/${flags.key ?? randomUUID()}`,
        now,
        expiresAt: new Date(now.getTime() + seconds * 1_000),
        whenAbsent: flags.refuseAbsent === true ? 'refuse' : 'wait',
        ...(hasSecrets(command) ? { vault: commandVault(ownSecret()) } : {}),
      });
      if ('refused' in asked) refuse(REFUSALS[asked.refused.code]);
      if (asked.ok.isNew) {
        if ((await profileRefusal(trx, chargerId, command)) !== null) refuse(SHARED);
        await keepAskedPassword(trx, { chargerId, by: BY, now, command, commandId: asked.ok.id });
        await audit(trx, chargerId, asked.ok.id, command);
      }
      return asked.ok.id;
    });
    return flags.wait === true ? untilEnded(sql, id) : found(sql, id);
  });
  tell(shown, lineOf(shown), flags);
}

async function audit(trx: Sql, chargerId: string, commandId: string, command: Asked): Promise<void> {
  const { installation_id: installationId } = await trx
    .selectFrom('charger')
    .select('installation_id')
    .where('id', '=', chargerId)
    .executeTakeFirstOrThrow();
  const event = { actor: BY, action: `charger.${command.kind}`, subject: `charger/${chargerId}`, installationId };
  await recordAudit(trx, { ...event, before: null, after: { commandId, ...withoutSecrets(command) } });
}

async function found(sql: Sql, id: string): Promise<ShownCommand> {
  const command = await commandById(sql, id);
  if (command === null) throw new Error(`command ${id} vanished while it was looked at`);
  return command;
}

/** It ends by itself, at the latest when it expires or when its charger's answer is overdue. */
async function untilEnded(sql: Sql, id: string): Promise<ShownCommand> {
  for (;;) {
    const command = await found(sql, id);
    if (command.endedAt !== null) return command;
    await sleep(LOOK_MS);
  }
}

function lineOf({ id, askedAt, kind, state, result }: ShownCommand): string {
  const said = result === null ? '' : `: ${JSON.stringify(result)}`;
  return `${askedAt.toISOString()}  ${id}  ${kind}  ${state}${said}`;
}

async function history(chargerId: string, flags: JsonFlag): Promise<void> {
  const commands = await withDatabase(({ sql }) => commandsOf(sql, { chargerId, limit: SHOWN }));
  tell(commands, commands.length === 0 ? 'Nothing was asked.' : commands.map(lineOf).join('\n'), flags);
}

async function one(chargerId: string, commandId: string, flags: JsonFlag): Promise<void> {
  if (!z.uuid().safeParse(commandId).success)
    refuse('The command is named by the id that `chazemo charger commands` shows');
  const shown = await withDatabase(async ({ sql }) => {
    const command = await commandById(sql, commandId);
    if (command === null || command.chargerId !== chargerId) refuse('This charger was never asked so');
    return { ...command, followUp: await followUpOf(sql, command) };
  });
  const told = shown.followUp === null ? [] : [JSON.stringify(shown.followUp, null, 2)];
  tell(shown, [lineOf(shown), ...told].join('\n'), flags);
}

async function list(flags: JsonFlag): Promise<void> {
  const chargers = await withDatabase(({ sql }) =>
    sql
      .selectFrom('charger')
      .leftJoin('charger_connection as live', 'live.charger_id', 'charger.id')
      .select([
        'charger.id',
        'charger.label',
        'charger.installation_id as installationId',
        'charger.vendor',
        'charger.model',
      ])
      .select(['charger.firmware', 'live.protocol', 'live.gateway', 'live.since'])
      .orderBy('charger.id')
      .execute(),
  );
  const lines = chargers.map((charger) =>
    [
      charger.id,
      charger.installationId,
      [charger.vendor, charger.model, charger.firmware].filter((word) => word !== null).join(' ') || 'model unknown',
      charger.protocol === null ? 'away' : `${charger.protocol} since ${charger.since?.toISOString()}`,
    ].join('  '),
  );
  tell(chargers, lines.length === 0 ? 'There are no chargers.' : lines.join('\n'), flags);
}

const JSON_OPTION = ['--json', 'print JSON'] as const;

/** `chazemo charger`: the chargers, what they were asked for, and asking them. */
export function chargerCommand(): Command {
  const asking = new Command('ask')
    .description('ask a charger for something; it is recorded, then delivered when the charger is there')
    .argument('<charger>', 'its id')
    .argument('<kind>', COMMAND_KINDS.join(', '))
    .option('--request <json>', 'what the kind needs, as a JSON object', '{}')
    .option('--wait', 'until it has been answered, or ended otherwise')
    .option('--refuse-absent', 'do not wait for a charger that is away')
    .option('--seconds <n>', 'how long it may wait for its charger', '3600')
    .option('--key <key>', 'the same key is the same command, asked once')
    .option(...JSON_OPTION)
    .action(refusing(ask));
  const asked = new Command('commands')
    .description(`the last ${SHOWN} things a charger was asked for, and what became of them`)
    .argument('<charger>', 'its id')
    .option(...JSON_OPTION)
    .action(refusing(history));
  const single = new Command('command')
    .description('one of them, with what the charger has told about it since: a report, how far a download has come')
    .argument('<charger>', 'its id')
    .argument('<command>', 'the id that `commands` shows')
    .option(...JSON_OPTION)
    .action(refusing(one));
  const all = new Command('list')
    .description('every charger and its connection')
    .option(...JSON_OPTION)
    .action(refusing(list));
  const command = new Command('charger').description('chargers and commands to them');
  const own = [
    chargerCertificateCommand(),
    chargerPasswordCommand(),
    chargerProfileCommand(),
    ...chargerEnrolmentCommands(),
    chargerFramesCommand(),
  ];
  for (const child of [all, asking, asked, single, ...own]) command.addCommand(child);
  return command;
}
