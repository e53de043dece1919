import { Command, Option } from 'commander';

import { createApiToken } from '#libs/identity/api-tokens.js';
import { ROLES, type Role } from '#libs/identity/permissions.js';

import { withDatabase } from '../system/with-database.js';

interface CreateOptions {
  readonly role: Role;
  readonly name: string;
  readonly json?: boolean;
}

/** `chazemo api-token create`: prints a bearer token once; the database keeps only its hash. */
export function apiTokenCommand(): Command {
  const create = new Command('create')
    .description('make a bearer token for the API and print it, this once')
    .addOption(new Option('--role <role>', 'what it may do').choices([...ROLES]).makeOptionMandatory())
    .option('--name <name>', 'what it is for', 'command line')
    .option('--json', 'print one JSON object')
    .action(async ({ role, name, json }: CreateOptions) => {
      const made = await withDatabase(({ sql }) => createApiToken(sql, { name, role }));
      process.stdout.write(`${json === true ? JSON.stringify({ ...made, role, name }) : made.token}\n`);
    });
  return new Command('api-token').description('bearer tokens for the API').addCommand(create);
}
