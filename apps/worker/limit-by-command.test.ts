import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { shareCircuits } from '#libs/circuits/share-circuits.js';
import { askCharger } from '#libs/commands/ask-charger.js';
import { commandsOf } from '#libs/commands/command-history.js';
import type { Sql } from '#libs/persistence/database.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { SimulatedCharger } from '#test/chargers/simulated-charger.js';
import { SimulatedStation } from '#test/chargers/simulated-station.js';
import { CommandGround } from '#test/commands/command-ground.js';
import { until } from '#test/setup/until.js';

import { CircuitDriver } from './circuit-driver.js';
import { LimitByCommand, resultOf } from './limit-by-command.js';

const silent = pino({ level: 'silent' });
const LIMIT_A = 32;
const AWAY = 'zcs3';

let ground: CommandGround;
let driving: Promise<unknown>;

/** One of each version, on one circuit. */
let older: SimulatedCharger;
let newer: SimulatedStation;
/** The most that both might ever take at once. */
let mostA = 0;
let refusals = 0;

const allowed = (): [number, number] => [
  older.configuration.profiles.allowedA(1),
  newer.configuration.profiles.allowedA(1),
];

/** As the charger itself answers; what cars may take is looked at after each change. */
const answering = (charger: () => SimulatedCharger) => (action: string, payload: unknown) => {
  const answer = charger().configuration.answer(action, payload);
  if (answer['status'] === 'Rejected') refusals += 1;
  mostA = Math.max(mostA, allowed()[0] + allowed()[1]);
  return answer;
};

const untilAllowed = (first: number, second: number) => until(() => allowed()[0] === first && allowed()[1] === second);

async function seedCircuit(sql: Sql): Promise<void> {
  const chargers = ['zcs1', 'zcs2', AWAY];
  await seedInstallation(sql, { chargers });
  const circuit = await sql
    .insertInto('circuit')
    .values({ installation_id: 'garagem', name: 'Piso -3', max_current_a: LIMIT_A })
    .returning('id')
    .executeTakeFirstOrThrow();
  for (const charger of chargers) {
    const spot = await sql
      .insertInto('spot')
      .values({ installation_id: 'garagem', name: charger, circuit_id: circuit.id })
      .returning('id')
      .executeTakeFirstOrThrow();
    await sql
      .insertInto('charger_placement')
      .values({ charger_id: charger, spot_id: spot.id, from: new Date(0) })
      .execute();
  }
  await sql.updateTable('charger').set({ phase_rotation: 'RST' }).execute();
  await sql.insertInto('circuit_control').values({ installation_id: 'garagem', is_enabled: true }).execute();
}

beforeAll(async () => {
  ground = await CommandGround.open(seedCircuit);
  const { sql, signal } = ground;
  driving = new CircuitDriver({ sql, sender: new LimitByCommand({ sql, signal }), log: silent }).run(signal);
  const gateway = await ground.gateway();
  const all = { url: `ws://127.0.0.1:${gateway.port}`, password: CHARGER_PASSWORD };
  older = new SimulatedCharger({ ...all, chargePointId: 'zcs1', onCommand: answering(() => older) });
  newer = new SimulatedStation({ ...all, chargePointId: 'zcs2', onCommand: answering(() => newer) });
  await Promise.all([older.connect(), newer.connect()]);
}, 120_000);

afterAll(async () => {
  await Promise.all([older.close(), newer.close()]);
  await ground.close([driving]);
}, 60_000);

/** Their defaults have arrived: a car that begins is given nothing before its turn. */
async function untilDefaultsHold(): Promise<void> {
  await until(async () => {
    const commands = await Promise.all(
      ['zcs1', 'zcs2'].map((chargerId) => commandsOf(ground.sql, { chargerId, limit: 9 })),
    );
    return commands.every((of) =>
      of.some(({ kind, state }) => kind === 'set-charging-profile' && state === 'answered'),
    );
  });
}

async function beginsAtOlder(): Promise<number> {
  const { transactionId } = await older.start({ connectorId: 1, idTag: 'CARD', meterStartWh: 0, at: new Date() });
  await older.status(1, 'Charging');
  return transactionId;
}

describe('circuits that are shared, over sockets', () => {
  let transaction: number;

  it('two cars share what the circuit bears, whatever version their chargers speak', async () => {
    await older.status(1, 'Available');
    await newer.connectorStatus(1, 'Available', new Date().toISOString());
    await untilDefaultsHold();
    transaction = await beginsAtOlder();
    await untilAllowed(32, 0);
    const at = new Date().toISOString();
    await newer.event({ type: 'Started', ref: 'tx-1', seqNo: 0, at, evseId: 1, idTag: 'CARD', state: 'Charging' });
    await untilAllowed(16, 16);
    expect(mostA).toBeLessThanOrEqual(LIMIT_A);
  }, 60_000);

  it('who stays has what the other leaves', async () => {
    await older.stop({ transactionId: transaction, meterStopWh: 1_000, at: new Date() });
    await older.status(1, 'Available');
    await untilAllowed(0, 32);
    expect(mostA).toBeLessThanOrEqual(LIMIT_A);
  }, 60_000);

  it('what a charger refuses to give back nobody else is given, until it obeys', async () => {
    newer.configuration.profiles.refuses = true;
    const before = refusals;
    await beginsAtOlder();
    await until(() => refusals > before);
    expect(allowed()).toEqual([0, 32]);
    newer.configuration.profiles.refuses = false;
    await untilAllowed(16, 16);
    expect(mostA).toBeLessThanOrEqual(LIMIT_A);
  }, 60_000);

  it('when sharing ends chargers forget their limits; when it begins again they are told anew', async () => {
    const share = (isShared: boolean) =>
      ground.sql.transaction().execute((trx) => shareCircuits(trx, 'garagem', isShared, new Date()));
    await share(false);
    await untilAllowed(32, 32);
    await share(true);
    await untilAllowed(16, 16);
  }, 60_000);

  it('a limit never reaches a charger that is away', async () => {
    const sender = new LimitByCommand({ sql: ground.sql, signal: ground.signal });
    const limit = { chargerId: AWAY, connectorId: 1, purpose: 'default', transactionId: null, limitDeciA: 65 } as const;
    expect(await sender.sendLimit(limit)).toBe('absent');
    expect(await commandsOf(ground.sql, { chargerId: AWAY, limit: 2 })).toMatchObject([
      {
        state: 'refused',
        result: { status: 'absent' },
        request: {
          connectorId: 1,
          profile: { purpose: 'tx-default', schedule: { unit: 'A', periods: [{ limit: 6.5 }] } },
        },
      },
    ]);
  });
});

describe('a limit while an earlier one of its connector has not ended', () => {
  const limit = { chargerId: AWAY, connectorId: 2, purpose: 'default', transactionId: null, limitDeciA: 60 } as const;
  const earlier = async (state: 'waiting' | 'sent'): Promise<string> => {
    const asked = await askCharger(ground.sql, {
      chargerId: AWAY,
      command: {
        kind: 'set-charging-profile',
        connectorId: 2,
        profile: {
          id: 1,
          stackLevel: 0,
          purpose: 'tx-default',
          kind: 'absolute',
          schedule: { unit: 'A', periods: [{ startS: 0, limit: 16 }] },
        },
      },
      by: 'circuits',
      key: `earlier-${state}`,
      now: new Date(),
      isTaken: true,
    });
    if ('refused' in asked) throw new Error(asked.refused.code);
    await ground.sql.updateTable('charger_command').set({ state }).where('id', '=', asked.ok.id).execute();
    return asked.ok.id;
  };
  const all = () => commandsOf(ground.sql, { chargerId: AWAY, limit: 9 });
  const sender = () => new LimitByCommand({ sql: ground.sql, signal: ground.signal });

  it('takes the place of one that has not left', async () => {
    const id = await earlier('waiting');
    expect(await sender().sendLimit(limit)).toBe('absent');
    expect((await all()).find((command) => command.id === id)).toMatchObject({ state: 'expired', sends: 0 });
  });

  it('does not leave while one may be at the charger', async () => {
    await earlier('sent');
    const before = (await all()).length;
    expect(await sender().sendLimit(limit)).toBe('absent');
    expect(await all()).toHaveLength(before);
  });
});

describe('what an ended command says of the limit', () => {
  it.each([
    ['answered', 'accepted', 1, 'confirmed'],
    ['answered', 'accepted', 2, 'confirmed'],
    ['answered', 'rejected', 1, 'refused'],
    ['answered', 'not-supported', 1, 'refused'],
    ['answered', 'rejected', 2, 'unknown'],
    ['refused', 'absent', 0, 'absent'],
    ['refused', 'absent', 1, 'unknown'],
    ['refused', 'not-in-version', 0, 'refused'],
    ['expired', undefined, 0, 'absent'],
    ['expired', undefined, 1, 'unknown'],
    ['timed-out', 'timed-out', 1, 'unknown'],
    ['failed', 'malformed-answer', 1, 'unknown'],
  ] as const)('%s, %s, sent %i times: %s', (state, status, sends, expected) => {
    expect(resultOf({ state, result: status === undefined ? null : { status }, sends })).toBe(expected);
  });
});
