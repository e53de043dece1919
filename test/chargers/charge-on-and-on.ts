import type { Sql } from '#libs/persistence/database.js';

import { CHARGER_PASSWORD } from './seed-installation.js';
import { SimulatedCharger } from './simulated-charger.js';
import { SimulatedStation } from './simulated-station.js';

/** Readings of a session after its first: the register moves on by so much with each. */
const READINGS = 8;
const STEP_WH = 50;

/** What a charger did and was told, of every version and manner of trying again. */
export interface Charging {
  readonly charger: SimulatedCharger;
  /** Ids of the calls that were answered, when they keep theirs. */
  readonly answered: string[];
  sessions: number;
  wh: number;
}

/** One charger after the other: 1.6, 1.6 that tries again under new ids, 2.0.1. */
export function chargingOf(index: number, url: string): Charging {
  const chargePointId = `zcs${index}`;
  const options = { url, chargePointId, password: CHARGER_PASSWORD, retryMs: 20, patienceMs: 120_000 };
  const charger =
    index % 3 === 2
      ? new SimulatedStation(options)
      : new SimulatedCharger({ ...options, retryWithNewId: index % 3 === 1 });
  return { charger, answered: [], sessions: 0, wh: 0 };
}

/** Sessions one after another until told to end; each call waits for its answer, through whatever happens. */
export async function charge(charging: Charging, isOver: () => boolean): Promise<void> {
  const { charger } = charging;
  const call = async (action: string, payload: Record<string, unknown>) => {
    const messageId = `${charger.chargePointId}-${charging.sessions}-${charging.answered.length}`;
    const answer = await charger.call(action, payload, messageId);
    charging.answered.push(messageId);
    return answer;
  };
  const begun = Date.now();
  for (let count = 0; !isOver(); count += 1) {
    // Whole seconds apart, so that no two readings of a charger are of the same instant.
    const at = (step: number) => new Date(begun + (count * (READINGS + 2) + step) * 1_000).toISOString();
    const from = charging.wh;
    const wh = (step: number) => from + step * STEP_WH;
    if (charger instanceof SimulatedStation) await sessionOf201(call, `${charger.chargePointId}/${count}`, { at, wh });
    else await sessionOf16(call, { at, wh });
    charging.wh = wh(READINGS);
    charging.sessions += 1;
  }
}

type Call = (action: string, payload: Record<string, unknown>) => Promise<Record<string, unknown>>;
interface Course {
  readonly at: (step: number) => string;
  readonly wh: (step: number) => number;
}

async function sessionOf16(call: Call, { at, wh }: Course): Promise<void> {
  const start = { connectorId: 1, idTag: 'CARD', meterStart: wh(0), timestamp: at(0) };
  const { transactionId } = await call('StartTransaction', start);
  for (let step = 1; step < READINGS; step += 1) {
    const meterValue = [{ timestamp: at(step), sampledValue: [{ value: String(wh(step)) }] }];
    await call('MeterValues', { connectorId: 1, transactionId, meterValue });
  }
  await call('StopTransaction', { transactionId, meterStop: wh(READINGS), timestamp: at(READINGS) });
}

async function sessionOf201(call: Call, transactionId: string, { at, wh }: Course): Promise<void> {
  const event = (eventType: string, step: number) =>
    call('TransactionEvent', {
      eventType,
      timestamp: at(step),
      triggerReason: 'MeterValuePeriodic',
      seqNo: step,
      transactionInfo: { transactionId },
      evse: { id: 1, connectorId: 1 },
      idToken: { idToken: 'CARD', type: 'ISO14443' },
      meterValue: [{ timestamp: at(step), sampledValue: [{ value: wh(step) }] }],
    });
  await event('Started', 0);
  for (let step = 1; step < READINGS; step += 1) await event('Updated', step);
  await event('Ended', READINGS);
}

/** What the records say of a charger. */
export async function meteredOf(
  sql: Sql,
  chargerId: string,
): Promise<{ sessions: number; wh: number; readings: number }> {
  const sessions = await sql
    .selectFrom('charging_transaction')
    .where('charger_id', '=', chargerId)
    .select(['id', 'meter_start_wh', 'meter_stop_wh'])
    .execute();
  const { readings } = await sql
    .selectFrom('meter_reading')
    .innerJoin('charging_transaction as t', 't.id', 'meter_reading.transaction_id')
    .where('t.charger_id', '=', chargerId)
    .select(({ fn }) => fn.countAll<number>().as('readings'))
    .executeTakeFirstOrThrow();
  const wh = sessions.reduce((sum, row) => sum + (row.meter_stop_wh ?? 0) - (row.meter_start_wh ?? 0), 0);
  return { sessions: sessions.length, wh, readings: Number(readings) };
}

/** What they should say. */
export const expectedOf = ({ sessions, wh }: Charging) => ({ sessions, wh, readings: sessions * (READINGS + 1) });
