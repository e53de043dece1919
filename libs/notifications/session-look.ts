import { lockCustomerBooks } from '#libs/ledger/balances.js';

import { positionWith, type PrepaidPosition } from '../payments/prepaid/position.js';
import { prepaidHome } from '../payments/prepaid/prepaid-home.js';
import { unbilledOf } from '../payments/prepaid/unbilled.js';
import {
  decideSession,
  nextLook,
  type SessionBasis,
  type SessionDecision,
} from '../payments/running-sessions/decide-session.js';
import { highestGrossMicros } from '../payments/running-sessions/highest-gross.js';
import { keepWatch, runningSessionsOf, type RunningSession } from '../payments/running-sessions/running-sessions.js';
import { addNotice, cancelStop, noticesOf, type NoticeRow } from '../payments/running-sessions/session-notices.js';
import type { Sql } from '../persistence/database.js';
import { tryLockUntilEnd } from '../persistence/lock-until-end.js';
import { methodFor } from '../registry/payment-method.js';
import { localDate } from '../registry/period.js';
import { policyAt } from '../registry/policy-store.js';
import type { LookOrder } from './prepaid-news.js';
import { pursueStop } from './session-stop.js';
import { showCost, showWarning, tellOfSession } from './session-words.js';

/** Who is not stopped is looked at again after this: the month may change. */
const OTHERWISE_PAID_MS = 600_000;
const POSTPONED_MS = 60_000;

/** What was done about one session. */
export interface SessionDeed {
  readonly transactionId: number;
  readonly decision: SessionDecision;
}

/**
 * Looks at a customer's running sessions that are due: counts what is left of the balance, what is charging now
 * included, warns, stops, or lets a stop be when the balance rose. All in one transaction under the customer's lock: what
 * was decided is done, or neither. Any number may look at once: one does, the others find nothing to do.
 */
export async function lookAtSessions(sql: Sql, order: LookOrder): Promise<readonly SessionDeed[]> {
  const { customerId, now } = order;
  return sql.transaction().execute(async (trx) => {
    if (!(await tryLockUntilEnd(trx, `session-look/${customerId}`))) return [];
    const sessions = await runningSessionsOf(trx, customerId, now);
    if (!sessions.some(({ isDue }) => isDue)) return [];
    if ((await methodAt(trx, customerId, now)) !== 'prepaid') return letBe(trx, sessions, order);
    const unbilled = await unbilledOf(trx, { customerId, now, withoutPrice: 'highest-known' });
    await lockCustomerBooks(trx, customerId);
    const position = await positionWith(trx, { customerId, now, unbilled });
    const basis = await basisOf(trx, position);
    return decideAll(trx, { order, sessions, basis });
  });
}

async function methodAt(trx: Sql, customerId: string, now: Date): Promise<string> {
  const { timeZone } = await prepaidHome(trx, customerId);
  return methodFor(trx, customerId, localDate(now, timeZone).slice(0, 7));
}

/** The month is paid another way: nothing is stopped, also not what was about to be. */
async function letBe(trx: Sql, sessions: readonly RunningSession[], { customerId, now }: LookOrder): Promise<[]> {
  const lookAgainAt = new Date(now.getTime() + OTHERWISE_PAID_MS);
  for (const { transactionId } of sessions) {
    await cancelStop(trx, transactionId, now);
    await keepWatch(trx, { transactionId, customerId, lookAgainAt, lookAtWh: null, leftCents: null, now });
  }
  return [];
}

/** After a failure: this customer keeps nobody else waiting, and is looked at again in a minute. */
export async function postponeLook(sql: Sql, { customerId, now }: LookOrder): Promise<void> {
  const lookAgainAt = new Date(now.getTime() + POSTPONED_MS);
  for (const { transactionId } of await runningSessionsOf(sql, customerId, now)) {
    await keepWatch(sql, { transactionId, customerId, lookAgainAt, lookAtWh: null, leftCents: null, now });
  }
}

async function basisOf(trx: Sql, position: PrepaidPosition): Promise<SessionBasis> {
  const { installationId } = await prepaidHome(trx, position.customerId);
  const { prepaid } = await policyAt(trx, installationId, position.asOf);
  const { balanceCents, reservedCents, owedCents, unbilledCents, availableCents } = position;
  return {
    balanceCents,
    reservedCents,
    owedCents,
    unbilledCents,
    leftCents: availableCents,
    floorCents: position.rules.floorCents,
    warnCents: prepaid.sessionWarningCents,
    months: position.months.map(({ period, energyWh, grossCents, missingPrice }) => {
      return { period, energyWh, grossCents, missingPrice };
    }),
    unpriced: position.unpriced.map(({ period, code }) => ({ period, code })),
  };
}

interface Looked {
  readonly order: LookOrder;
  readonly sessions: readonly RunningSession[];
  readonly basis: SessionBasis;
}

async function decideAll(trx: Sql, { order, sessions, basis }: Looked): Promise<SessionDeed[]> {
  const { customerId, now } = order;
  const ids = sessions.map(({ transactionId }) => transactionId);
  const notices = await noticesOf(trx, ids);
  const deeds: SessionDeed[] = [];
  for (const session of sessions) {
    const { transactionId, importWh } = session;
    const warned = notices.get(`${transactionId}/warn`);
    const stop = notices.get(`${transactionId}/stop`);
    const decision = decideSession({ ...basis, warnedAt: warned?.decided_at ?? null, now });
    await act(trx, { order, session, basis, decision, stop });
    if (decision.action !== 'stop') await showCost(trx, { customerId, session, now });
    const highestMicrosPerKWh = await highestGrossMicros(trx, session.installationId, now);
    const next = nextLook({ decision, rules: basis, highestMicrosPerKWh, sessions: sessions.length, importWh, now });
    const watch = { lookAgainAt: next.at, lookAtWh: next.atWh, leftCents: decision.leftCents };
    await keepWatch(trx, { transactionId, customerId, now, ...watch });
    deeds.push({ transactionId, decision });
  }
  return deeds;
}

interface Act {
  readonly order: LookOrder;
  readonly session: RunningSession;
  readonly basis: SessionBasis;
  readonly decision: SessionDecision;
  readonly stop: NoticeRow | undefined;
}

async function act(trx: Sql, { order, session, basis, decision, stop }: Act): Promise<void> {
  const { customerId, now } = order;
  const { transactionId } = session;
  if (decision.action === 'stop') return pursueStop(trx, { customerId, session, basis, stop, now });
  if (stop !== undefined) await cancelStop(trx, transactionId, now);
  if (decision.action !== 'warn') return;
  if (!(await addNotice(trx, { transactionId, level: 'warn', customerId, basis, now }))) return;
  await tellOfSession(trx, { order, transactionId, kind: 'session-warned', basis });
  await showWarning(trx, { customerId, session, basis, now });
}
