import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';
import type { SessionBasis } from './decide-session.js';
import { STOP_OUTCOMES, type StopOutcome } from './session-notices.js';

/** A session of who pays ahead as people see it: running, warned, or why it was stopped. */
export interface SessionStanding {
  readonly transactionId: number;
  readonly chargerId: string;
  readonly chargerLabel: string;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  /** Null when the charger tells no register. */
  readonly energyWh: number | null;
  readonly warnedAt: Date | null;
  readonly stop: {
    readonly decidedAt: Date;
    /** Null while it is under way. */
    readonly outcome: StopOutcome | null;
    readonly basis: SessionBasis;
  } | null;
}

const SHOWN_FOR_MS = 7 * 86_400_000;
const MOST_SHOWN = 10;

interface Row {
  readonly transactionId: number;
  readonly chargerId: string;
  readonly chargerLabel: string;
  readonly startedAt: Date;
  readonly stoppedAt: Date | null;
  readonly energyWh: number | null;
  readonly warnedAt: Date | null;
  readonly decidedAt: Date | null;
  readonly outcome: string | null;
  readonly basis: SessionBasis | null;
}

/** The customer's sessions that run, and those of the last week that were stopped; the newest first. */
export async function sessionStandings(sql: Sql, customerId: string, now: Date): Promise<SessionStanding[]> {
  const { rows } = await raw<Row>`
    select session.id as "transactionId", session.charger_id as "chargerId", charger.label as "chargerLabel",
      session.started_at as "startedAt", session.stopped_at as "stoppedAt",
      coalesce(session.meter_stop_wh, state.import_wh) - session.meter_start_wh as "energyWh",
      warn.decided_at as "warnedAt", stop.decided_at as "decidedAt", stop.outcome, stop.basis
    from session_watch watch
    join charging_transaction session on session.id = watch.transaction_id
    join charger on charger.id = session.charger_id
    left join connector_state state on state.transaction_id = session.id and state.charger_id = session.charger_id
    left join session_notice warn on warn.transaction_id = session.id and warn.level = 'warn'
    left join session_notice stop on stop.transaction_id = session.id and stop.level = 'stop'
    where watch.customer_id = ${customerId} and watch.looked_at > ${new Date(now.getTime() - SHOWN_FOR_MS)}
      and watch.left_cents is not null
      and ((session.stopped_at is null and state.charger_id is not null) or stop.outcome = 'stopped')
    order by session.started_at desc, session.id desc limit ${MOST_SHOWN}`.execute(sql);
  return rows.map(standingOf);
}

function standingOf({ decidedAt, outcome, basis, ...session }: Row): SessionStanding {
  const stop = decidedAt === null || basis === null ? null : { decidedAt, outcome: outcomeOf(outcome), basis };
  return { ...session, stop };
}

function outcomeOf(text: string | null): StopOutcome | null {
  const known = STOP_OUTCOMES.find((outcome) => outcome === text);
  if (text !== null && known === undefined) throw new Error(`session_notice has an unknown outcome "${text}"`);
  return known ?? null;
}
