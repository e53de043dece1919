import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import { authorityVault } from '#libs/persistence/secret-vault.js';
import { authorities, makeAuthority } from '#libs/security/ca/authority.js';

import { ownSecret } from '../system/own-secret.js';
import { refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

interface CaFlags {
  readonly pem?: boolean;
  readonly json?: boolean;
}

async function show({ pem = false, json }: CaFlags): Promise<void> {
  const now = new Date();
  const all = await withDatabase(({ sql }) => authorities(sql, now));
  const lines = all.map(({ name, fingerprint, notAfter, retiredAt, inUse, knownBy, certificate }) => {
    const standing = retiredAt === null ? `until ${notAfter.toISOString()}` : `retired ${retiredAt.toISOString()}`;
    const line = `${name}  ${standing}  in ${knownBy} chargers, ${inUse} certificates in use\n  SHA-256 ${fingerprint}`;
    return pem ? `${line}\n${certificate.trim()}` : line;
  });
  const text = lines.length === 0 ? 'There is no CA yet: the first charger of profile 3 brings it.' : lines.join('\n');
  process.stdout.write(`${json === true ? JSON.stringify(all) : text}\n`);
}

async function rotate({ json }: CaFlags): Promise<void> {
  const now = new Date();
  const { id } = await withDatabase(({ sql }) =>
    sql.transaction().execute(async (trx) => {
      const made = await makeAuthority(trx, { by: BY, now, vault: authorityVault(ownSecret()) });
      const event = { actor: BY, action: 'ca.rotate', subject: `ca/${made.id}`, installationId: null };
      await recordAudit(trx, { ...event, before: null, after: { id: made.id } });
      return made;
    }),
  );
  const text =
    'A new root is made. It is installed on the chargers, then each is given a certificate of it; the one of before is trusted until none of its certificates is in use.';
  process.stdout.write(`${json === true ? JSON.stringify({ id }) : text}\n`);
}

/** `chazemo ca show` and `rotate`. */
export function caCommand(): Command {
  const json = ['--json', 'print JSON'] as const;
  return new Command('ca')
    .description('the CA of the chargers’ certificates')
    .addCommand(
      new Command('show')
        .description('its roots, newest first')
        .option('--pem', 'with the certificates, e.g. to install one by hand')
        .option(...json)
        .action(refusing(show)),
    )
    .addCommand(
      new Command('rotate')
        .description('make a new root; chargers change over one by one')
        .option(...json)
        .action(refusing(rotate)),
    );
}
