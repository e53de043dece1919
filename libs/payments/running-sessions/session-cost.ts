import { energyLine } from '#libs/invoicing/month-lines.js';
import { trueStart } from '#libs/metering/clock/true-instants.js';
import { tariffWithoutGaps } from '#libs/rating/highest-price.js';
import { rateMonth, type MonthSpan } from '#libs/rating/rate-month.js';
import type { Line } from '#libs/rating/rated.js';

import type { Sql } from '../../persistence/database.js';
import { localDate, monthSpan, shiftPeriod } from '../../registry/period.js';
import { grossOf } from '../prepaid/unbilled.js';
import type { RunningSession } from './running-sessions.js';

export interface SessionCostQuestion {
  readonly customerId: string;
  readonly session: Pick<RunningSession, 'transactionId' | 'chargerId' | 'installationId'>;
  readonly now: Date;
}

/** Older than two local months no session is priced: its charger forgot to end it. */
const MOST_MONTHS = 2;

/**
 * What a session has cost its customer so far in cents, VAT included: its own readings by the path that bills, at the
 * highest known price where one is missing. Null when that cannot be said.
 */
export async function sessionCostCents(sql: Sql, question: SessionCostQuestion): Promise<number | null> {
  const { session, now } = question;
  const { installationId, transactionId } = session;
  const { at: startedAt } = await sql
    .selectFrom('charging_transaction as started')
    .select(trueStart('started').as('at'))
    .where('id', '=', transactionId)
    .executeTakeFirstOrThrow();
  const { time_zone: timeZone } = await sql
    .selectFrom('installation')
    .select('time_zone')
    .where('id', '=', installationId)
    .executeTakeFirstOrThrow();
  const last = localDate(now, timeZone).slice(0, 7);
  let period = localDate(startedAt, timeZone).slice(0, 7);
  const lines: Line[] = [];
  for (let month = 0; period <= last; month += 1, period = shiftPeriod(period, 1)) {
    if (month === MOST_MONTHS) return null;
    const own = await linesOf(sql, { installationId, ...monthSpan(period, timeZone) }, question);
    if (own === null) return null;
    lines.push(...own);
  }
  const gross = await grossOf(
    sql,
    installationId,
    lines.map((line) => energyLine(line, null)),
    now,
  );
  return typeof gross === 'string' ? null : Math.max(0, gross);
}

async function linesOf(
  sql: Sql,
  month: MonthSpan,
  { customerId, session }: SessionCostQuestion,
): Promise<readonly Line[] | null> {
  const only = { chargerIds: new Set([session.chargerId]), transactionId: session.transactionId };
  let rated = await rateMonth(sql, month, only);
  if ('refused' in rated) {
    const tariff = await tariffWithoutGaps(sql, month);
    if (tariff === null) return null;
    rated = await rateMonth(sql, month, { ...only, tariff });
  }
  return 'refused' in rated ? null : rated.ok.lines.filter(({ owner }) => owner.customerId === customerId);
}
