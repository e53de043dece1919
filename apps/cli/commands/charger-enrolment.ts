import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { adoptCharger, type AdoptionRefusal } from '#libs/security/adopt-charger.js';
import { changePassword } from '#libs/security/charger-passwords.js';
import { MOST_WAITING, openWindow } from '#libs/security/enrolment.js';
import { waitingChargers } from '#libs/security/waiting-chargers.js';

import { ownSecret } from '../system/own-secret.js';
import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';
const HOUR_MS = 60 * 60_000;
const MOST_HOURS = 168;

interface JsonFlag {
  readonly json?: boolean;
}

const REFUSALS: Readonly<Record<AdoptionRefusal['code'], string>> = {
  'ENROLMENT.NOT_WAITING': 'It waits no longer: somebody has decided',
  'ENROLMENT.CHARGER_EXISTS': 'There is a charger of this name already',
  'ENROLMENT.SPOT_TAKEN': 'There is a charger at this spot already',
  'ENROLMENT.UNSECURED_NOT_ALLOWED': 'It came without a password, and its installation lets nobody in without one',
};

const tell = (result: unknown, text: string, { json }: JsonFlag): void => {
  process.stdout.write(`${json === true ? JSON.stringify(result) : text}\n`);
};

function wholeNumber(name: string, text: string, most: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) refuse(`${name} is a whole number from 1 to ${most}`);
  return value;
}

async function enrol(
  installationId: string,
  flags: JsonFlag & { readonly hours: string; readonly most: string },
): Promise<void> {
  const hours = wholeNumber('--hours', flags.hours, MOST_HOURS);
  const most = wholeNumber('--most', flags.most, MOST_WAITING);
  const now = new Date();
  const until = new Date(now.getTime() + hours * HOUR_MS);
  const { code } = await withDatabase(({ sql }) =>
    sql.transaction().execute(async (trx) => {
      const found = await trx.selectFrom('installation').select('id').where('id', '=', installationId).execute();
      if (found.length === 0) refuse(`there is no installation "${installationId}"`);
      const opened = await openWindow(trx, { installationId, by: BY, now, until, most });
      const event = { actor: BY, action: 'enrolment.open', subject: `installation/${installationId}`, installationId };
      await recordAudit(trx, { ...event, before: null, after: { until, most } });
      return opened;
    }),
  );
  const text = `Until ${until.toISOString()} unknown chargers may come at /ocpp/${code}/{identity}, or with this password: ${code}`;
  tell({ installationId, code, until, most }, text, flags);
}

async function waiting(flags: JsonFlag): Promise<void> {
  const all = await withDatabase(({ sql }) => waitingChargers(sql, null));
  const lines = all.map(({ chargerId, installationId, vendor, model, protocol, lastSeenAt }) =>
    [
      chargerId,
      installationId,
      [vendor, model].filter((word) => word !== null).join(' ') || 'model unknown',
      `${protocol}, last seen ${lastSeenAt.toISOString()}`,
    ].join('  '),
  );
  tell(all, lines.length === 0 ? 'No charger waits.' : lines.join('\n'), flags);
}

async function adopt(chargerId: string, flags: JsonFlag & { readonly spot: string }): Promise<void> {
  const now = new Date();
  const adopted = await withDatabase(({ sql }) =>
    sql.transaction().execute(async (trx) => {
      const candidate = (await waitingChargers(trx, null)).find((one) => one.chargerId === chargerId.toLowerCase());
      if (candidate === undefined) refuse('No such charger waits: `chazemo charger waiting` names them');
      const done = await adoptCharger(trx, { candidateId: candidate.id, spotName: flags.spot, by: BY, now });
      if ('refused' in done) refuse(REFUSALS[done.refused.code]);
      const { installationId, needsPassword } = done.ok;
      const own = { chargerId: done.ok.chargerId, by: BY, now, key: `password/adopted/${candidate.id}` };
      if (needsPassword) await changePassword(trx, { ...own, vault: commandVault(ownSecret()) });
      const event = { actor: BY, action: 'charger.adopt', subject: `installation/${installationId}`, installationId };
      await recordAudit(trx, { ...event, before: null, after: { chargerId: done.ok.chargerId, spot: flags.spot } });
      return { chargerId: done.ok.chargerId, installationId, spot: flags.spot };
    }),
  );
  tell(adopted, `${adopted.chargerId} is a charger of ${adopted.installationId}, at spot ${adopted.spot}.`, flags);
}

/** `chazemo charger enrol`, `waiting` and `adopt`. */
export function chargerEnrolmentCommands(): Command[] {
  const json = ['--json', 'print JSON'] as const;
  return [
    new Command('enrol')
      .description('let unknown chargers of an installation come and wait for adoption')
      .argument('<installation>', 'its id')
      .option('--hours <n>', 'how long, a week at most', '24')
      .option('--most <n>', 'how many may wait', '20')
      .option(...json)
      .action(refusing(enrol)),
    new Command('waiting')
      .description('the chargers that wait for adoption')
      .option(...json)
      .action(refusing(waiting)),
    new Command('adopt')
      .description('make a waiting charger one of its installation')
      .argument('<charger>', 'what it calls itself')
      .requiredOption('--spot <name>', 'where it is; made when there is none of that name')
      .option(...json)
      .action(refusing(adopt)),
  ];
}
