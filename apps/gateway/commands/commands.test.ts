import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pino } from 'pino';

import { connectionOf } from '#libs/commands/connections.js';
import { precisionOfCharger } from '#libs/commands/provision-charger.js';
import type { Command } from '#libs/ocpp/commands.js';
import { commandVault } from '#libs/persistence/secret-vault.js';
import { changePassword } from '#libs/security/charger-passwords.js';
import { framesOf } from '#libs/support/frames/charger-frames.js';
import { startGatewayProcess, type GatewayProcess } from '#test/chargers/gateway-process.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { SimulatedCharger, type SimulatedChargerOptions } from '#test/chargers/simulated-charger.js';
import { SimulatedStation } from '#test/chargers/simulated-station.js';
import { COMMAND_SECRET, CommandGround } from '#test/commands/command-ground.js';
import { until } from '#test/setup/until.js';

import { startGateway } from '../start-gateway.js';

let ground: CommandGround;
const chargers: SimulatedCharger[] = [];
const processes: GatewayProcess[] = [];

beforeAll(async () => {
  const all = Array.from({ length: 20 }, (_, index) => `zcs${index}`);
  ground = await CommandGround.open((sql) => seedInstallation(sql, { chargers: all }), { callTimeoutMs: 1_500 });
}, 120_000);

afterAll(async () => {
  await Promise.all(chargers.map((charger) => charger.close()));
  await Promise.all(processes.map((one) => one.kill()));
  await ground.close();
}, 60_000);

async function chargerAt(
  at: number | string,
  chargePointId: string,
  onCommand: NonNullable<SimulatedChargerOptions['onCommand']>,
): Promise<SimulatedCharger> {
  const url = typeof at === 'string' ? at : `ws://127.0.0.1:${at}`;
  const charger = new SimulatedCharger({ url, chargePointId, password: CHARGER_PASSWORD, onCommand });
  chargers.push(charger);
  await charger.connect();
  return charger;
}

const reaches = (id: string, state: string) =>
  until(
    () => ground.command(id),
    (command) => command.state === state,
  );

const RESET: Command = { kind: 'reset', mode: 'graceful' };
const never = () => new Promise(() => undefined);

describe('a command to a charger that is there', () => {
  it('is sent once, and its typed result is kept', async () => {
    const { port } = await ground.gateway();
    const asked: unknown[] = [];
    await chargerAt(port, 'zcs1', (action, payload) => {
      asked.push([action, payload]);
      return { status: 'Accepted' };
    });
    const id = await ground.ask('zcs1', RESET);
    expect(await ground.ended(id)).toMatchObject({
      state: 'answered',
      protocol: 'ocpp1.6',
      result: { status: 'accepted' },
      response: { status: 'Accepted' },
      sends: 1,
    });
    expect(asked).toEqual([['Reset', { type: 'Soft' }]]);
  });

  it('brings it a new password, with which it comes back; then the one of before is refused', async () => {
    const { port } = await ground.gateway();
    let given = '';
    await chargerAt(port, 'zcs17', (_, payload) => {
      given = (payload as { value: string }).value;
      return { status: 'Accepted' };
    });
    const order = {
      chargerId: 'zcs17',
      by: 'test',
      key: 'new-password',
      now: new Date(),
      vault: commandVault(COMMAND_SECRET),
    };
    const asked = await ground.sql.transaction().execute((trx) => changePassword(trx, order));
    if (!('ok' in asked)) throw new Error(asked.refused.code);
    expect(await ground.ended(asked.ok.commandId)).toMatchObject({ state: 'answered', result: { status: 'accepted' } });
    expect(given).toMatch(/^[0-9a-f]{40}$/);
    const read = { chargerId: 'zcs17', from: order.now, to: new Date(Date.now() + 60_000) };
    const frames = await until(
      () => framesOf(ground.sql, { ...read, action: 'ChangeConfiguration' }, { limit: 5, after: null }),
      (page) => page.frames.length > 0,
    );
    expect(frames.frames).toMatchObject([{ payload: { key: 'AuthorizationKey', value: '***' }, outcome: 'answer' }]);
    const url = `ws://127.0.0.1:${port}`;
    const again = new SimulatedCharger({ url, chargePointId: 'zcs17', password: given });
    chargers.push(again);
    await again.connect();
    const former = new SimulatedCharger({ url, chargePointId: 'zcs17', password: CHARGER_PASSWORD });
    await expect(former.connect()).rejects.toMatchObject({ code: 401 });
  });

  it('what it does not know, refuses by an error, answers wrongly or never is told apart', async () => {
    const { port } = await ground.gateway();
    const answers: Record<string, unknown> = {
      ClearCache: { status: 'Perhaps' },
      GetLocalListVersion: { listVersion: -1 },
      Reset: never(),
    };
    const { createRPCError } = await import('ocpp-rpc');
    await chargerAt(port, 'zcs2', (action) => {
      if (action === 'UnlockConnector') throw createRPCError('NotImplemented', '', {});
      if (action === 'CancelReservation') throw createRPCError('InternalError', 'broken', {});
      return answers[action];
    });
    const results = await Promise.all(
      (
        [
          { kind: 'unlock', connectorId: 1 },
          { kind: 'cancel-reservation', reservationId: 1 },
          { kind: 'clear-cache' },
          { kind: 'get-local-list-version' },
          { kind: 'get-base-report', base: 'full' },
          RESET,
        ] as const
      ).map(async (command) => {
        const { state, result } = await ground.ended(await ground.ask('zcs2', command));
        return [command.kind, state, result?.status];
      }),
    );
    expect(results).toEqual([
      ['unlock', 'answered', 'not-supported'],
      ['cancel-reservation', 'failed', 'call-error'],
      ['clear-cache', 'failed', 'malformed-answer'],
      ['get-local-list-version', 'answered', 'not-supported'],
      ['get-base-report', 'refused', 'not-in-version'],
      ['reset', 'timed-out', 'timed-out'],
    ]);
  });

  it('comes one at a time, however many are asked at once', async () => {
    const { port } = await ground.gateway();
    let atOnce = 0;
    let most = 0;
    await chargerAt(port, 'zcs3', async () => {
      atOnce += 1;
      most = Math.max(most, atOnce);
      await new Promise((resolve) => setTimeout(resolve, 20));
      atOnce -= 1;
      return { status: 'Accepted' };
    });
    const ids = await Promise.all(Array.from({ length: 30 }, () => ground.ask('zcs3', { kind: 'clear-cache' })));
    const all = await Promise.all(ids.map((id) => ground.ended(id)));
    expect(all.map(({ state }) => state)).toEqual(Array.from({ length: 30 }, () => 'answered'));
    expect(most).toBe(1);
  });
});

describe('a command to a charger that is away', () => {
  it('waits for it, at whatever gateway it comes back; one that is not to wait is refused', async () => {
    const waiting = await ground.ask('zcs4', RESET);
    const refused = await ground.ask('zcs4', RESET, { whenAbsent: 'refuse' });
    expect(await ground.ended(refused)).toMatchObject({ state: 'refused', result: { status: 'absent' } });
    expect((await ground.command(waiting)).state).toBe('waiting');
    const { port } = await ground.gateway();
    await chargerAt(port, 'zcs4', () => ({ status: 'Accepted' }));
    expect(await ground.ended(waiting)).toMatchObject({ state: 'answered' });
  });

  it('expires', async () => {
    const id = await ground.ask('zcs5', RESET, { expiresAt: new Date(Date.now() + 500) });
    expect(await ground.ended(id)).toMatchObject({ state: 'expired', sends: 0 });
  });
});

describe('several gateways', () => {
  it('the newest socket is the charger: the older one is closed, and its late close changes nothing', async () => {
    const [one, two] = [await ground.gateway(), await ground.gateway()];
    const older = await chargerAt(one.port, 'zcs6', () => ({ status: 'Rejected' }));
    await until(
      () => connectionOf(ground.sql, 'zcs6'),
      (found) => found !== null,
    );
    const first = await connectionOf(ground.sql, 'zcs6');
    await chargerAt(two.port, 'zcs6', () => ({ status: 'Accepted' }));
    await until(
      () => older.isConnected,
      (isConnected) => !isConnected,
    );
    const second = await until(
      () => connectionOf(ground.sql, 'zcs6'),
      (found) => found?.connectionId !== first?.connectionId,
    );
    expect(second?.gateway).not.toBe(first?.gateway);
    expect(await ground.ended(await ground.ask('zcs6', RESET))).toMatchObject({ result: { status: 'accepted' } });
    expect(await connectionOf(ground.sql, 'zcs6')).toEqual(second);
  });

  it('one killed between sent and answered: what may do harm is not sent again, what may not is, by another', async () => {
    const mortal = await startGatewayProcess({
      databaseUrl: ground.databaseUrl,
      env: ground.temporal,
      until: 'commands are taken',
    });
    processes.push(mortal);
    const { port: otherPort } = await ground.gateway();
    const heard: string[] = [];
    const hear = (action: string): void => void heard.push(action);
    const deaf = async (action: string): Promise<unknown> => {
      hear(action);
      return never();
    };
    await chargerAt(mortal.url, 'zcs7', deaf);
    await chargerAt(mortal.url, 'zcs8', deaf);
    const reset = await ground.ask('zcs7', RESET);
    const read = await ground.ask('zcs8', { kind: 'get-variables', variables: [] });
    await Promise.all([reaches(reset, 'sent'), reaches(read, 'sent')]);
    await until(
      () => heard.length,
      (length) => length === 2,
    );
    await mortal.kill();
    await chargerAt(otherPort, 'zcs7', hear);
    await chargerAt(otherPort, 'zcs8', (action) => {
      hear(action);
      return { configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }] };
    });
    expect(await ground.ended(reset)).toMatchObject({ state: 'timed-out', sends: 1 });
    expect(await ground.ended(read)).toMatchObject({
      state: 'answered',
      sends: 2,
      result: { variables: [{ name: 'HeartbeatInterval', value: '300' }] },
    });
    expect(heard.sort()).toEqual(['GetConfiguration', 'GetConfiguration', 'Reset']);
  });
});

describe('a charger that boots for the first time', () => {
  it('is set to readings on the quarter hour; what it refuses, does not know or keeps for a reboot is told', async () => {
    const { port } = await ground.gateway();
    const charger = new SimulatedCharger({
      url: `ws://127.0.0.1:${port}`,
      chargePointId: 'zcs10',
      password: CHARGER_PASSWORD,
      keys: {
        MeterValuesAlignedData: 'rejects-export',
        StopTxnAlignedData: 'does-not-know',
        HeartbeatInterval: 'read-only',
        MeterValueSampleInterval: 'needs-reboot',
      },
    });
    chargers.push(charger);
    await charger.connect();
    await charger.boot();
    const { settings } = await until(
      () => precisionOfCharger(ground.sql, 'zcs10'),
      ({ precision }) => precision === 'quarter-hour',
    );
    const states = Object.fromEntries(settings.map(({ name, state, actual }) => [name, [state, actual]]));
    expect(states).toMatchObject({
      ClockAlignedDataInterval: ['as-wanted', '900'],
      MeterValuesAlignedData: ['as-wanted', 'Energy.Active.Import.Register'],
      StopTxnAlignedData: ['not-supported', null],
      HeartbeatInterval: ['rejected', '86400'],
      MeterValueSampleInterval: ['reboot-required', '0'],
    });
    expect(charger.configuration.values.get('ClockAlignedDataInterval')).toBe('900');
  });

  it('of 2.0.1 is asked for the registers in the Started and the quarter hours in the Ended event as well', async () => {
    const { port } = await ground.gateway();
    const station = new SimulatedStation({
      url: `ws://127.0.0.1:${port}`,
      chargePointId: 'zcs11',
      password: CHARGER_PASSWORD,
      keys: { 'SampledDataCtrlr.TxStartedMeasurands': 'rejects-export', 'AlignedDataCtrlr.Enabled': 'does-not-know' },
    });
    chargers.push(station);
    await station.connect();
    await station.boot();
    const { settings } = await until(
      () => precisionOfCharger(ground.sql, 'zcs11'),
      ({ precision }) => precision === 'quarter-hour',
    );
    const states = Object.fromEntries(settings.map(({ name, state, actual }) => [name, [state, actual]]));
    expect(states).toMatchObject({
      ClockAlignedDataInterval: ['as-wanted', '900'],
      'AlignedDataCtrlr.Enabled': ['not-supported', null],
      'AlignedDataCtrlr.SendDuringIdle': ['as-wanted', 'false'],
      'AlignedDataCtrlr.TxEndedInterval': ['as-wanted', '900'],
      'SampledDataCtrlr.TxStartedMeasurands': ['as-wanted', 'Energy.Active.Import.Register'],
    });
    expect(station.configuration.values.get('AlignedDataCtrlr.TxEndedInterval')).toBe('900');
  });
});

it('without Temporal a gateway takes messages as ever', async () => {
  const settings = { databaseUrl: ground.databaseUrl, host: '127.0.0.1', port: 0 };
  for (const more of [{}, { temporal: { TEMPORAL_ADDRESS: '127.0.0.1:1' } }]) {
    const started = await startGateway({ ...settings, ...more }, pino({ level: 'silent' }));
    const charger = await chargerAt(started.port, 'zcs9', () => ({}));
    expect(await charger.heartbeat()).toHaveProperty('currentTime');
    await charger.close();
    await started.close();
  }
});
