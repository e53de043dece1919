import { sql as raw } from 'kysely';

import { askCharger } from '#libs/commands/ask-charger.js';

import { printedMoney } from '../invoicing/printed-numbers.js';
import { prepaidHome } from '../payments/prepaid/prepaid-home.js';
import type { SessionBasis } from '../payments/running-sessions/decide-session.js';
import type { RunningSession } from '../payments/running-sessions/running-sessions.js';
import { sessionCostCents } from '../payments/running-sessions/session-cost.js';
import type { Sql } from '../persistence/database.js';
import { accountOf, type LookOrder } from './prepaid-news.js';
import { prepaidText } from './prepaid-texts.js';
import { queueMail } from './queue-mail.js';

export interface SessionNews {
  readonly order: LookOrder;
  readonly transactionId: number;
  readonly kind: 'session-warned' | 'session-stopped';
  readonly basis: SessionBasis;
}

/** Queues the mail, once per session and kind; nobody who has no address is written to. */
export async function tellOfSession(trx: Sql, { order, transactionId, kind, basis }: SessionNews): Promise<void> {
  const account = await accountOf(trx, order);
  if (account === null) return;
  const { label } = await trx
    .selectFrom('charging_transaction as session')
    .innerJoin('charger', 'charger.id', 'session.charger_id')
    .select('charger.label')
    .where('session.id', '=', transactionId)
    .executeTakeFirstOrThrow();
  const { leftCents, floorCents, unbilledCents } = basis;
  await queueMail(trx, {
    key: `session/${transactionId}/${kind}`,
    installationId: account.installationId,
    customerId: order.customerId,
    recipient: account.recipient,
    ...prepaidText(account, { kind, charger: label, leftCents, floorCents, unbilledCents }),
  });
}

/** Tells a charger of 2.x what the session has cost so far; one that says it shows no costs is not asked again in it. */
export async function showCost(
  trx: Sql,
  { customerId, session, now }: { readonly customerId: string; readonly session: RunningSession; readonly now: Date },
): Promise<void> {
  const { transactionId, chargerId, transaction, protocol } = session;
  if (protocol === null || protocol === 'ocpp1.6' || typeof transaction === 'number') return;
  const prefix = `prepaid-floor/${transactionId}/cost/`;
  if (await isUnsupported(trx, chargerId, prefix)) return;
  const totalCents = await sessionCostCents(trx, { customerId, session, now });
  if (totalCents === null) return;
  await askCharger(trx, {
    chargerId,
    command: { kind: 'cost-updated', transaction, totalCents },
    by: 'prepaid-floor',
    key: `${prefix}${now.toISOString()}`,
    now,
    whenAbsent: 'refuse',
    expiresAt: new Date(now.getTime() + DISPLAY_WAIT_MS),
  });
}

async function isUnsupported(trx: Sql, chargerId: string, prefix: string): Promise<boolean> {
  const told = await trx
    .selectFrom('charger_command')
    .select('id')
    .where('charger_id', '=', chargerId)
    .where(raw<boolean>`key ^@ ${prefix} and result ->> 'status' in ('not-supported', 'not-in-version')`)
    .limit(1)
    .executeTakeFirst();
  return told !== undefined;
}

/** A display has few lines; it is asked once, and the message goes with the session. */
const DISPLAY_WAIT_MS = 60_000;

/** Has a charger of 2.x show the warning; one without a display says so, and nothing depends on it. */
export async function showWarning(
  trx: Sql,
  warning: {
    readonly customerId: string;
    readonly session: RunningSession;
    readonly basis: SessionBasis;
    readonly now: Date;
  },
): Promise<void> {
  const { customerId, session, basis, now } = warning;
  const { transactionId, chargerId, transaction, protocol } = session;
  if (protocol === null || protocol === 'ocpp1.6' || typeof transaction === 'number') return;
  const { currency } = await prepaidHome(trx, customerId);
  const { language } = await trx
    .selectFrom('customer')
    .select('language')
    .where('id', '=', customerId)
    .executeTakeFirstOrThrow();
  const isEnglish = language === 'en';
  const left = printedMoney(Math.max(0, basis.leftCents), currency, isEnglish ? 'en' : 'pt');
  const text = isEnglish
    ? `Prepaid balance: about ${left} left. Charging stops when it is used up.`
    : `Saldo pré-pago: restam cerca de ${left}. O carregamento para quando acabar.`;
  const message = {
    id: transactionId,
    priority: 'AlwaysFront',
    state: 'Charging',
    transaction,
    format: 'UTF8',
    language: isEnglish ? 'en' : 'pt',
    text,
  } as const;
  await askCharger(trx, {
    chargerId,
    command: { kind: 'set-display-message', message },
    by: 'prepaid-floor',
    key: `prepaid-floor/${transactionId}/display`,
    now,
    whenAbsent: 'refuse',
    expiresAt: new Date(now.getTime() + DISPLAY_WAIT_MS),
  });
}
