import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { wordsIn } from '#apps/console/src/texts/words.js';
import { spotText } from '#apps/console/src/wording/spot.js';
import { startGateway, type RunningGateway } from '#apps/gateway/start-gateway.js';
import { CircuitDriver } from '#apps/worker/circuit-driver.js';
import { wantedWith } from '#libs/commands/provisioning-plan.js';
import { spotsOf } from '#libs/support/spots.js';

import { CHARGER_PASSWORD, seedInstallation } from '../chargers/seed-installation.js';
import { SimulatedCharger, type Payload } from '../chargers/simulated-charger.js';
import { SimulatedStation } from '../chargers/simulated-station.js';
import { createTestDatabase, type TestDatabase } from '../setup/database.js';

const silent = pino({ level: 'silent' });
const VERSIONS = ['ocpp1.6', 'ocpp2.0.1', 'ocpp2.1'] as const;
type Version = (typeof VERSIONS)[number];

const chargerOf = (version: Version): string => `zcs${VERSIONS.indexOf(version)}`;

let database: TestDatabase;
let gateway: RunningGateway;
let driver: CircuitDriver;
const opened: SimulatedCharger[] = [];

beforeAll(async () => {
  database = await createTestDatabase();
  const { sql } = database;
  await seedInstallation(sql, { chargers: VERSIONS.map(chargerOf) });
  for (const version of VERSIONS) {
    const circuit = { installation_id: 'garagem', name: version, max_current_a: 20 };
    const { id } = await sql.insertInto('circuit').values(circuit).returning('id').executeTakeFirstOrThrow();
    const spot = { installation_id: 'garagem', name: version, circuit_id: id };
    const { id: spotId } = await sql.insertInto('spot').values(spot).returning('id').executeTakeFirstOrThrow();
    const placed = { charger_id: chargerOf(version), spot_id: spotId, from: new Date(0) };
    await sql.insertInto('charger_placement').values(placed).execute();
  }
  await sql.updateTable('charger').set({ phase_rotation: 'RST' }).execute();
  await sql.insertInto('circuit_control').values({ installation_id: 'garagem', is_enabled: true }).execute();
  gateway = await startGateway({ databaseUrl: database.url, host: '127.0.0.1', port: 0 }, silent);
  driver = new CircuitDriver({ sql, sender: { sendLimit: () => Promise.resolve('confirmed') }, log: silent });
});
afterAll(async () => {
  await Promise.all(opened.map((charger) => charger.close()));
  await driver.close();
  await gateway.close();
  await database.drop();
});

/** What a charger that was set up so tells of a single-phase car: what it was asked for, and no more. */
function sampledValues(version: Version, deciA: readonly [number, number, number], wh: number): Payload[] {
  const is2x = version !== 'ocpp1.6';
  const wanted = wantedWith('refuse', is2x).find(({ name }) => name === 'MeterValuesSampledData');
  const told = (measurand: string, figure: number, unit: string, phase?: string): Payload => ({
    value: is2x ? figure : String(figure),
    context: 'Sample.Periodic',
    measurand,
    ...(phase === undefined ? {} : { phase }),
    ...(is2x ? { unitOfMeasure: { unit } } : { unit }),
  });
  return (wanted?.values[0] ?? '').split(',').flatMap((measurand): Payload[] => {
    if (measurand === 'Energy.Active.Import.Register') return [told(measurand, wh, 'Wh')];
    if (measurand === 'Power.Active.Import') return [told(measurand, 2_400, 'W')];
    if (measurand === 'Current.Import')
      return deciA.map((one, index) => told(measurand, one / 10, 'A', `L${index + 1}`));
    return [];
  });
}

interface Session {
  readonly tells: (deciA: readonly [number, number, number], wh: number) => Promise<unknown>;
}

async function sessionOf(version: Version): Promise<Session> {
  const options = {
    url: `ws://127.0.0.1:${gateway.port}`,
    chargePointId: chargerOf(version),
    password: CHARGER_PASSWORD,
    protocols: [version],
  };
  const charger = version === 'ocpp1.6' ? new SimulatedCharger(options) : new SimulatedStation(options);
  opened.push(charger);
  await charger.connect();
  await charger.boot();
  const now = (): string => new Date().toISOString();
  if (!(charger instanceof SimulatedStation)) {
    await charger.status(1, 'Charging', 'NoError', now());
    const { transactionId } = await charger.start({ connectorId: 1, idTag: 'CARD', meterStartWh: 0, at: now() });
    const tells: Session['tells'] = async (deciA, wh) => {
      const meterValue = [{ timestamp: now(), sampledValue: sampledValues(version, deciA, wh) }];
      return charger.call('MeterValues', { connectorId: 1, transactionId, meterValue });
    };
    return { tells };
  }
  const ref = `ref-${version}`;
  let seqNo = 0;
  const event = { ref, evseId: 1, idTag: 'CARD', state: 'Charging' };
  await charger.event({ ...event, type: 'Started', seqNo, at: now(), trigger: 'Authorized' });
  const tells: Session['tells'] = async (deciA, wh) => {
    seqNo += 1;
    return charger.call('TransactionEvent', {
      eventType: 'Updated',
      timestamp: now(),
      triggerReason: 'MeterValuePeriodic',
      seqNo,
      transactionInfo: { transactionId: ref },
      meterValue: [{ timestamp: now(), sampledValue: sampledValues(version, deciA, wh) }],
    });
  };
  return { tells };
}

async function currentsWith(chargerId: string, wh: number): Promise<readonly (number | null)[]> {
  for (;;) {
    const row = await database.sql
      .selectFrom('connector_state')
      .select(['l1_deci_a', 'l2_deci_a', 'l3_deci_a', 'import_wh'])
      .where('charger_id', '=', chargerId)
      .where('connector_id', '=', 1)
      .executeTakeFirst();
    if (row?.import_wh === wh) return [row.l1_deci_a, row.l2_deci_a, row.l3_deci_a];
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe.each(VERSIONS)('a single-phase car at a charger of %s with three phases', (version) => {
  it('is known by its currents, and shown with what it can take of what it was given', async () => {
    const { tells } = await sessionOf(version);
    const shares = async (): Promise<void> => {
      for (let looks = 0; looks < 3; looks += 1) {
        await driver.look();
        await driver.settled();
      }
    };
    // With the first the session is known; a use of fewer phases is believed when it was seen twice.
    for (const wh of [10, 20, 30]) {
      await tells([104, 0, 0], wh);
      expect(await currentsWith(chargerOf(version), wh)).toEqual([104, 0, 0]);
      await shares();
    }
    const spots = await spotsOf(database.sql, { installationId: 'garagem', now: new Date(), limit: 10 });
    const spot = spots.find(({ spotName }) => spotName === version);
    if (spot === undefined) throw new Error('the spot is gone');
    const text = spotText(wordsIn('pt'), { ...spot.state, since: null });
    expect(text.replaceAll('\u00a0', ' ')).toBe('A carregar com 2,4 kW de 4,6 kW atribuída');
  });
});
