import { randomUUID } from 'node:crypto';

import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import type { Sql } from '#libs/persistence/database.js';
import { certificateOf, revokeCertificates, type CertificateOfCharger } from '#libs/security/ca/charger-certificate.js';
import { askForRequest } from '#libs/security/ca/renew-certificates.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

interface CertificateFlags {
  readonly renew?: boolean;
  readonly revoke?: string;
  readonly json?: boolean;
}

async function certificate(chargerId: string, { renew = false, revoke, json }: CertificateFlags): Promise<void> {
  if (renew && revoke !== undefined) refuse('Either --renew or --revoke');
  if (revoke?.trim() === '') refuse('--revoke needs a reason');
  const now = new Date();
  const { found, commandId } = await withDatabase(({ sql }) =>
    sql.transaction().execute(async (trx) => {
      const installationId = await installationOf(trx, chargerId);
      const audit = (action: string, after: object): Promise<unknown> =>
        recordAudit(trx, { actor: BY, action, subject: `charger/${chargerId}`, installationId, before: null, after });
      if (revoke !== undefined) {
        const done = await revokeCertificates(trx, { chargerId, by: BY, because: revoke.trim(), now });
        if ('refused' in done) refuse('The charger has no certificate that is good');
        await audit('charger.certificate-revoke', { serials: done.ok.serials, reason: revoke.trim() });
      }
      const asked = renew
        ? await askForRequest(trx, { chargerId, by: BY, key: `certificate/cli/${randomUUID()}`, now })
        : null;
      if (asked !== null && 'refused' in asked) refuse('There is no such charger: `chazemo charger list` names them');
      if (asked !== null) await audit('charger.certificate-renew', { commandId: asked.ok.id });
      return { found: await certificateOf(trx, chargerId, now), commandId: asked?.ok.id ?? null };
    }),
  );
  const asked = commandId === null ? [] : [`Asked for a new request (command ${commandId}). What it has stays good.`];
  const text = [...asked, ...linesOf(found)].join('\n');
  process.stdout.write(`${json === true ? JSON.stringify({ chargerId, ...found, commandId }) : text}\n`);
}

async function installationOf(trx: Sql, chargerId: string): Promise<string> {
  const row = await trx.selectFrom('charger').select('installation_id').where('id', '=', chargerId).executeTakeFirst();
  return row?.installation_id ?? refuse('There is no such charger: `chazemo charger list` names them');
}

function linesOf({ state, serial, authority, notAfter, revoked, refusal }: CertificateOfCharger): string[] {
  const until = notAfter === null ? '' : `, good until ${notAfter.toISOString()}`;
  return [
    serial === null ? `No certificate (${state})` : `${serial}  ${state}${until}, of ${authority}`,
    ...(revoked === null ? [] : [`Revoked ${revoked.at.toISOString()} by ${revoked.by}: ${revoked.because}`]),
    ...(refusal === null ? [] : [`Its last request came to nothing: ${refusal.code}`]),
  ];
}

/** `chazemo charger certificate`. */
export function chargerCertificateCommand(): Command {
  return new Command('certificate')
    .description('the certificate of a charger (security profile 3)')
    .argument('<charger>', 'its id')
    .option('--renew', 'ask the charger for a new request')
    .option('--revoke <reason>', 'revoke every good certificate of the charger')
    .option('--json', 'print JSON')
    .action(refusing(certificate));
}
