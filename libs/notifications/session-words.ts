import { askCharger } from '#libs/commands/ask-charger.js';

import { printedMoney } from '../invoicing/printed-numbers.js';
import { prepaidHome } from '../payments/prepaid/prepaid-home.js';
import type { SessionBasis } from '../payments/running-sessions/decide-session.js';
import type { RunningSession } from '../payments/running-sessions/running-sessions.js';
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
