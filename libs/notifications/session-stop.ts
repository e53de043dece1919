import { askCharger } from '#libs/commands/ask-charger.js';
import { commandById } from '#libs/commands/command-history.js';
import { noteOddity } from '#libs/metering/note-oddity.js';

import { stopStep, type SessionBasis, type StopCommand } from '../payments/running-sessions/decide-session.js';
import type { RunningSession } from '../payments/running-sessions/running-sessions.js';
import {
  addNotice,
  countAsked,
  endedStops,
  endStop,
  noticesOf,
  reopenStop,
  type NoticeRow,
} from '../payments/running-sessions/session-notices.js';
import type { Sql } from '../persistence/database.js';
import { tellOfSession } from './session-words.js';

/** Who asks, as the charger's history shows it. */
const BY = 'prepaid-floor';
/** A stop that did not leave by then is decided anew. */
const WAIT_MS = 60_000;

export interface StopOrder {
  readonly customerId: string;
  readonly session: RunningSession;
  readonly basis: SessionBasis;
  /** The stop as it stands; undefined: this is the first time. */
  readonly stop: NoticeRow | undefined;
  readonly now: Date;
}

/** Brings a stop that was decided one step further: asks the charger, waits, or tells a person. */
export async function pursueStop(trx: Sql, order: StopOrder): Promise<void> {
  const { customerId, session, basis, now } = order;
  const { transactionId } = session;
  let stop = order.stop;
  if (stop === undefined || stop.outcome === 'cancelled') {
    const notice = { transactionId, level: 'stop', customerId, basis, now } as const;
    await addNotice(trx, notice);
    await reopenStop(trx, notice);
    stop = (await noticesOf(trx, [transactionId])).get(`${transactionId}/stop`);
  }
  if (stop === undefined || stop.ended_at !== null) return;
  const command = await lastCommand(trx, stop.command_id);
  // Away when it was to be asked: it was not asked, so that try does not count.
  const tries = stop.tries - (command?.status === 'absent' ? 1 : 0);
  const step = stopStep({ command, isConnected: session.protocol !== null, tries, now });
  if (step === 'ask') await ask(trx, session, stop, now);
  if (step === 'give-up') await giveUp(trx, { session, stop, command, now });
}

async function lastCommand(trx: Sql, commandId: string | null): Promise<StopCommand | null> {
  const command = commandId === null ? null : await commandById(trx, commandId);
  if (command === null) return null;
  return { state: command.state, status: command.result?.status ?? null, endedAt: command.endedAt };
}

/** The key is the session's and the number of the attempt: however many look at once, it is asked once. */
async function ask(trx: Sql, session: RunningSession, stop: NoticeRow, now: Date): Promise<void> {
  const { transactionId, chargerId, transaction } = session;
  const asked = await askCharger(trx, {
    chargerId,
    command: { kind: 'remote-stop', transaction },
    by: BY,
    key: `prepaid-floor/${transactionId}/${stop.asked + 1}`,
    now,
    whenAbsent: 'refuse',
    expiresAt: new Date(now.getTime() + WAIT_MS),
  });
  if ('refused' in asked) throw new Error(`the stop of ${transactionId} could not be asked: ${asked.refused.code}`);
  await countAsked(trx, { transactionId, commandId: asked.ok.id });
}

interface GiveUp {
  readonly session: RunningSession;
  readonly stop: NoticeRow;
  readonly command: StopCommand | null;
  readonly now: Date;
}

/** A person is told, once per session. */
async function giveUp(trx: Sql, { session, stop, command, now }: GiveUp): Promise<void> {
  const { transactionId, chargerId } = session;
  await endStop(trx, { transactionId, outcome: 'given-up', now });
  await noteOddity(trx, {
    chargerId,
    transactionId,
    code: 'not-stopped',
    detail: { asked: stop.asked, state: command?.state ?? null, status: command?.status ?? null },
    at: now,
    key: `not-stopped/${transactionId}`,
  });
}

/** Sessions whose stop was under way and that have ended since: whoever was stopped is told, once. */
export async function settleStops(
  sql: Sql,
  { now, limit, publicUrl }: { readonly now: Date; readonly limit: number; readonly publicUrl: string | null },
): Promise<number> {
  const ended = await endedStops(sql, limit);
  for (const { transactionId, customerId, wasAsked } of ended) {
    await sql.transaction().execute(async (trx) => {
      const outcome = wasAsked ? 'stopped' : 'ended';
      if (!(await endStop(trx, { transactionId, outcome, now })) || !wasAsked) return;
      const stop = (await noticesOf(trx, [transactionId])).get(`${transactionId}/stop`);
      if (stop === undefined) return;
      const order = { customerId, publicUrl, now };
      await tellOfSession(trx, { order, transactionId, kind: 'session-stopped', basis: stop.basis });
    });
  }
  return ended.length;
}
