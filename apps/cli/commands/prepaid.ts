import { Command } from 'commander';

import { recordAudit } from '#libs/identity/audit.js';
import { printedKWh, printedMoney } from '#libs/invoicing/printed-numbers.js';
import { orderConversion } from '#libs/payments/prepaid/conversion.js';
import { leaveOrder } from '#libs/payments/prepaid/leave-order.js';
import { prepaidPosition, type PrepaidPosition } from '#libs/payments/prepaid/position.js';
import { prepaidHome } from '#libs/payments/prepaid/prepaid-home.js';
import type { Sql } from '#libs/persistence/database.js';
import { PAYMENT_METHODS } from '#libs/registry/payment-method.js';

import { refuse, refusing } from '../system/refused.js';
import { withDatabase } from '../system/with-database.js';

/** Who says so: nobody is signed in at a command line. */
const BY = 'command line';

interface JsonFlag {
  readonly json?: boolean;
}

function tell(result: object, text: string, { json }: JsonFlag): void {
  process.stdout.write(`${json === true ? JSON.stringify(result) : text}\n`);
}

async function known(sql: Sql, customerId: string): Promise<void> {
  const row = await sql.selectFrom('customer').select('id').where('id', '=', customerId).executeTakeFirst();
  if (row === undefined) refuse(`There is no customer ${customerId}`);
}

async function audit(trx: Sql, customerId: string, action: string, after: object): Promise<void> {
  const { installationId } = await prepaidHome(trx, customerId);
  const event = { actor: BY, action: `prepaid.${action}`, subject: `customer/${customerId}`, installationId };
  await recordAudit(trx, { ...event, before: null, after });
}

async function position(customerId: string, flags: JsonFlag): Promise<void> {
  const found = await withDatabase(async ({ sql }) => {
    await known(sql, customerId);
    return prepaidPosition(sql, customerId, new Date());
  });
  tell(found, positionText(found), flags);
}

function positionText(found: PrepaidPosition): string {
  const money = (cents: number): string => printedMoney(cents, found.currency, 'en');
  const months = found.months.map(
    ({ period, energyWh, grossCents }) => `  ${period}: ${printedKWh(energyWh, 'en')}, ${money(grossCents)}`,
  );
  const unpriced = found.unpriced.map(({ period, code }) => `  ${period}: not counted, ${code}`);
  return [
    `Available: about ${money(found.availableCents)}`,
    `Balance ${money(found.balanceCents)}, reserved ${money(found.reservedCents)}, owed ${money(found.owedCents)}`,
    `Consumed and not billed yet (estimate, with VAT): ${money(found.unbilledCents)}`,
    ...months,
    ...unpriced,
    `Floor ${money(found.rules.floorCents)}, told below ${money(found.rules.lowBalanceCents)}`,
  ].join('\n');
}

interface ConvertFlags extends JsonFlag {
  readonly refundRest?: boolean;
}

async function convert(customerId: string, to: string, flags: ConvertFlags): Promise<void> {
  const method = PAYMENT_METHODS.find((one) => one === to);
  if (method === undefined) refuse(`A month is paid by ${PAYMENT_METHODS.join(', ')}: not by "${to}"`);
  const rest = flags.refundRest === true ? 'refund' : 'keep';
  const ordered = await withDatabase(async ({ sql }) => {
    await known(sql, customerId);
    return sql.transaction().execute(async (trx) => {
      const result = await orderConversion(trx, { customerId, method, rest, by: BY, now: new Date() });
      if ('ok' in result) await audit(trx, customerId, 'convert', result.ok);
      return result;
    });
  });
  if ('refused' in ordered) refuse(`Refused: ${ordered.refused.code}`);
  tell(ordered.ok, `Paid by ${ordered.ok.method} from ${ordered.ok.fromPeriod} on.`, flags);
}

interface LeaveFlags extends JsonFlag {
  readonly iban?: string;
}

async function leave(customerId: string, flags: LeaveFlags): Promise<void> {
  const now = new Date();
  const left = await withDatabase(async ({ sql }) => {
    await known(sql, customerId);
    return sql.transaction().execute(async (trx) => {
      const { iban } = flags;
      const order = { customerId, occasion: `asked/${now.toISOString()}`, iban, by: BY, now } as const;
      const result = await leaveOrder(trx, order);
      if (!('refused' in result)) await audit(trx, customerId, 'leave', result);
      return result;
    });
  });
  if ('refused' in left) refuse(`Refused: ${left.refused.code}`);
  const { restCents, stillDueCents } = left;
  const text =
    restCents > 0
      ? `A refund of ${printedMoney(restCents, 'EUR', 'en')} is proposed; staff approve it in the console.`
      : `Nothing is left; still due: ${printedMoney(stillDueCents, 'EUR', 'en')}.`;
  tell(left, text, flags);
}

const JSON_OPTION = ['--json', 'print one JSON object'] as const;

/** `chazemo prepaid`: what is left of an account, another way of paying, and the end of it. */
export function prepaidCommand(): Command {
  const about = new Command('position')
    .description('what is left of a prepaid account when all is counted that was consumed')
    .argument('<customer>', 'the customer number')
    .option(...JSON_OPTION)
    .action(refusing(position));
  const change = new Command('convert')
    .description('another way of paying, from the next month on')
    .argument('<customer>', 'the customer number')
    .argument('<method>', PAYMENT_METHODS.join(', '))
    .option('--refund-rest', 'give back what is left when the account ends, instead of keeping it for later invoices')
    .option(...JSON_OPTION)
    .action(refusing(convert));
  const end = new Command('leave')
    .description('pay the open invoices from the balance, oldest first, and propose a refund of the rest')
    .argument('<customer>', 'the customer number')
    .option('--iban <iban>', 'where the rest goes; it may be given later')
    .option(...JSON_OPTION)
    .action(refusing(leave));
  const command = new Command('prepaid').description('prepaid accounts');
  for (const one of [about, change, end]) command.addCommand(one);
  return command;
}
