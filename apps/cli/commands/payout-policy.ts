import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import { payoutPolicies, setPayoutPolicy, type PayoutPolicy } from '#libs/payments/payout/payout-policy.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

interface PolicyFlags {
  readonly condominium: string;
  readonly from?: string;
  readonly feePermyriad: string;
  readonly feePerMonth: string;
  readonly day?: string;
  readonly json?: boolean;
}

function whole(flag: string, text: string, [least, most]: readonly [number, number]): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < least || value > most) refuse(`${flag} is ${least} to ${most}, not "${text}"`);
  return value;
}

function policyOf(validFrom: string, flags: PolicyFlags): PayoutPolicy {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(validFrom)) refuse(`--from is yyyy-mm-dd, not "${validFrom}"`);
  return {
    validFrom,
    feePermyriad: whole('--fee-permyriad', flags.feePermyriad, [0, 10_000]),
    feePerMonthCents: whole('--fee-per-month', flags.feePerMonth, [0, 100_000_000]),
    proposeOnDay: flags.day === undefined ? null : whole('--day', flags.day, [1, 31]),
  };
}

const lineOf = (policy: PayoutPolicy): string =>
  `from ${policy.validFrom}: ${(policy.feePermyriad / 100).toFixed(2)} % and ${(policy.feePerMonthCents / 100).toFixed(2)} a month, ${
    policy.proposeOnDay === null ? 'proposed by hand' : `proposed on day ${policy.proposeOnDay}`
  }`;

/** `chazemo payout policy`: shows what the contract says; with `--from` it sets it from that day on. */
export function payoutPolicyCommand(): Command {
  return new Command('policy')
    .description('what the contract with a condominium says of its payouts; with --from, sets it')
    .requiredOption('--condominium <id>')
    .option('--from <date>', 'sets what is given from this local day on, yyyy-mm-dd')
    .option('--fee-permyriad <number>', 'taken from what is paid out: 250 is 2.5 %', '0')
    .option('--fee-per-month <cents>', 'taken once a month', '0')
    .option('--day <number>', 'of the month, on which a payout is proposed; 31 is the last; by hand when not given')
    .option('--json', 'print one JSON object')
    .action(
      refusing(async (flags: PolicyFlags) => {
        const policies = await withDatabase(async ({ sql }) => {
          const { from } = flags;
          if (from !== undefined) await sql.transaction().execute((trx) => set(trx, flags, policyOf(from, flags)));
          return payoutPolicies(sql, flags.condominium);
        });
        const text = policies.length === 0 ? 'Nothing is agreed.' : policies.map(lineOf).join('\n');
        process.stdout.write(`${flags.json === true ? JSON.stringify({ policies }) : text}\n`);
      }),
    );
}

async function set(trx: Parameters<typeof setPayoutPolicy>[0], flags: PolicyFlags, policy: PayoutPolicy) {
  const { condominium: condominiumId } = flags;
  const home = await trx
    .selectFrom('installation')
    .where('condominium_id', '=', condominiumId)
    .select('id')
    .executeTakeFirst();
  if (home === undefined) refuse(`condominium "${condominiumId}" has no installation`);
  const done = await setPayoutPolicy(trx, { condominiumId, policy, now: new Date() });
  if ('refused' in done) refuse(`refused: ${JSON.stringify(done.refused)}`);
  await recordAudit(trx, {
    actor: 'command line',
    action: 'payout-policy.set',
    subject: `condominium/${condominiumId}`,
    installationId: null,
    before: done.before,
    after: policy,
  });
}
