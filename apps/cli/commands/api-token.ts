import { Command, Option } from 'commander';

import { createApiToken, listApiTokens, revokeApiToken, type ApiTokenRow } from '#libs/identity/api-tokens.js';
import { recordAudit } from '#libs/identity/audit.js';
import { ROLES, type Role } from '#libs/identity/permissions.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

interface CreateOptions {
  readonly role: Role;
  readonly name: string;
  readonly json?: boolean;
}

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

function lineOf({ id, role, name, createdAt, expiresAt, revokedAt }: ApiTokenRow): string {
  const day = (at: Date) => at.toISOString().slice(0, 10);
  const end = expiresAt === null ? 'valid' : `valid until ${day(expiresAt)}`;
  return `${id}  ${role.padEnd(14)} made ${day(createdAt)}  ${revokedAt === null ? end : `revoked ${day(revokedAt)}`}  ${name}`;
}

function createCommand(): Command {
  return new Command('create')
    .description('make a bearer token for the API and print it, this once')
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]).makeOptionMandatory())
    .option('--name <name>', 'what it is for', 'command line')
    .option('--json', 'print one JSON object')
    .action(async ({ role, name, json }: CreateOptions) => {
      const made = await withDatabase(({ sql }) => createApiToken(sql, { name, role }));
      process.stdout.write(`${json === true ? JSON.stringify({ ...made, role, name }) : made.token}\n`);
    });
}

function listCommand(): Command {
  return new Command('list')
    .description('the tokens that were made, without their secrets')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { readonly json?: boolean }) => {
      const tokens = await withDatabase(({ sql }) => listApiTokens(sql));
      const text = tokens.length === 0 ? 'no token was made yet' : tokens.map(lineOf).join('\n');
      process.stdout.write(`${json === true ? JSON.stringify({ tokens }) : text}\n`);
    });
}

function revokeCommand(): Command {
  return new Command('revoke')
    .argument('<id>', 'as `chazemo api-token list` shows it')
    .description('from now on the token opens nothing')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (id: string, { json }: { readonly json?: boolean }) => {
        if (!ID.test(id)) refuse(`"${id}" is no token's id: see \`chazemo api-token list\``);
        const revoked = await withDatabase(({ sql }) =>
          sql.transaction().execute(async (trx) => {
            const done = await revokeApiToken(trx, id, new Date());
            const entry = { actor: BY, action: 'api-token.revoke', subject: `api-token/${id}`, installationId: null };
            if (done) await recordAudit(trx, { ...entry, before: null, after: { revoked: true } });
            return done;
          }),
        );
        if (!revoked) refuse(`no token ${id} is in force`);
        process.stdout.write(json === true ? `${JSON.stringify({ id, revoked })}\n` : `${id} opens nothing any more\n`);
      }),
    );
}

/** `chazemo api-token create | list | revoke`: bearer tokens; the database keeps only their hash. */
export function apiTokenCommand(): Command {
  return new Command('api-token')
    .description('bearer tokens for the API')
    .addCommand(createCommand())
    .addCommand(listCommand())
    .addCommand(revokeCommand());
}
