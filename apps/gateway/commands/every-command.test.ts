import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { followUpOf } from '#libs/commands/command-follow-up.js';
import type { ShownCommand } from '#libs/commands/command-history.js';
import { callOf } from '#libs/ocpp/command-calls.js';
import { resultOf } from '#libs/ocpp/command-results.js';
import { schemaValidator } from '#libs/ocpp/rpc.js';
import { CHARGER_PASSWORD, seedInstallation } from '#test/chargers/seed-installation.js';
import { SimulatedCharger } from '#test/chargers/simulated-charger.js';
import { CommandGround } from '#test/commands/command-ground.js';
import { SAMPLE_COMMANDS } from '#test/commands/sample-commands.js';

/** Places of the device model, told back as they were asked for. */
interface Placed {
  readonly component: unknown;
  readonly variable: unknown;
}
type Asked = Record<string, unknown>;
const each = (payload: Asked, field: string, more: (one: Asked & Placed) => Asked): Asked[] =>
  (payload[field] as (Asked & Placed)[]).map((one) => more(one));
const place = ({ component, variable }: Placed): Asked => ({ component, variable });

/** What a charger answers that does all it is asked for, where that is more than the word Accepted. */
const ANSWERS: Readonly<Record<string, (payload: Asked) => Asked>> = {
  CertificateSigned: () => ({ status: 'Accepted' }),
  ClearVariableMonitoring: ({ id }) => ({
    clearMonitoringResult: (id as number[]).map((one) => ({ id: one, status: 'Accepted' })),
  }),
  CostUpdated: () => ({}),
  GetConfiguration: () => ({ configurationKey: [{ key: 'HeartbeatInterval', readonly: false, value: '300' }] }),
  GetDiagnostics: () => ({ fileName: 'box.log' }),
  GetLog: () => ({ status: 'Accepted', filename: 'box.log' }),
  GetTransactionStatus: () => ({ messagesInQueue: false }),
  GetVariables: (payload) => ({
    getVariableResult: each(payload, 'getVariableData', (one) => ({
      ...place(one),
      attributeStatus: 'Accepted',
      attributeValue: '900',
    })),
  }),
  SetVariables: (payload) => ({
    setVariableResult: each(payload, 'setVariableData', (one) => ({ ...place(one), attributeStatus: 'Accepted' })),
  }),
  SetVariableMonitoring: (payload) => ({
    setMonitoringResult: each(payload, 'setMonitoringData', (one) => ({
      ...place(one),
      id: 7,
      status: 'Accepted',
      type: one['type'],
      severity: one['severity'],
    })),
  }),
  UnlockConnector: () => ({ status: 'Unlocked' }),
  UnpublishFirmware: () => ({ status: 'Unpublished' }),
  UpdateFirmware: () => ({ status: 'Accepted' }),
};
/** Where the versions answer differently. */
const ANSWERS_16: typeof ANSWERS = { UpdateFirmware: () => ({}), GetLocalListVersion: () => ({ listVersion: 3 }) };
const ANSWERS_2: typeof ANSWERS = { GetLocalListVersion: () => ({ versionNumber: 3 }) };

const VERSIONS = [
  { protocol: 'ocpp1.6', chargerId: 'zcs1', own: ANSWERS_16 },
  { protocol: 'ocpp2.0.1', chargerId: 'zcs2', own: ANSWERS_2 },
  { protocol: 'ocpp2.1', chargerId: 'zcs3', own: ANSWERS_2 },
] as const;

let ground: CommandGround;
const chargers: SimulatedCharger[] = [];

beforeAll(async () => {
  // ocpp-rpc's schemas of 2.1 name formats that ajv does not know, and ajv says so.
  jest.spyOn(console, 'warn').mockImplementation(() => undefined);
  const all = VERSIONS.map(({ chargerId }) => chargerId);
  ground = await CommandGround.open((sql) => seedInstallation(sql, { chargers: all }));
}, 120_000);

afterAll(async () => {
  await Promise.all(chargers.map((charger) => charger.close()));
  await ground.close();
}, 60_000);

describe.each(VERSIONS)('a charger of $protocol', ({ protocol, chargerId, own }) => {
  const heard: { action: string; payload: Asked }[] = [];
  const answer = (action: string, payload: Asked): Asked =>
    (own[action] ?? ANSWERS[action] ?? (() => ({ status: 'Accepted' })))(payload);

  it('is asked for everything its version has, each to the schema; what came of it is kept', async () => {
    const { port } = await ground.gateway();
    const schema = schemaValidator(protocol, () => false);
    const charger = new SimulatedCharger({
      url: `ws://127.0.0.1:${port}`,
      chargePointId: chargerId,
      password: CHARGER_PASSWORD,
      protocols: [protocol],
      onCommand: (action, payload) => {
        schema.validate(`urn:${action}.req`, payload);
        heard.push({ action, payload: payload as Asked });
        return answer(action, payload as Asked);
      },
    });
    chargers.push(charger);
    await charger.connect();

    const ids: string[] = [];
    for (const command of SAMPLE_COMMANDS) ids.push(await ground.ask(chargerId, command));
    const ended = await Promise.all(ids.map((id) => ground.ended(id)));
    expect(ended.map(outcome)).toEqual(SAMPLE_COMMANDS.map((command) => expected(command)));
    expect(heard.length).toBe(ended.filter(({ sends }) => sends === 1).length);
  }, 120_000);

  const outcome = ({ request, state, result, sends }: ShownCommand) => [request.kind, state, sends, result?.status];
  function expected(command: (typeof SAMPLE_COMMANDS)[number]) {
    const call = callOf(protocol, command, 1);
    if ('unsupported' in call) return [command.kind, 'refused', 0, 'not-in-version'];
    const said = resultOf(call.action, answer(call.action, call.payload));
    return [command.kind, 'answered', 1, said.status];
  }
});

describe('what a charger tells after it has accepted', () => {
  const told = async (chargerId: string, id: string) => {
    const charger = chargers.find((one) => one.chargePointId === chargerId);
    if (charger === undefined) throw new Error(`no ${chargerId}`);
    const { number } = await ground.ended(id);
    return { charger, id, number };
  };

  it('a report in parts, the later part first, is one; another command’s is not mixed in', async () => {
    const id = await ground.ask('zcs2', { kind: 'get-base-report', base: 'full' });
    const { charger, number } = await told('zcs2', id);
    const part = (requestId: number, seqNo: number, value: string) => ({
      requestId,
      seqNo,
      generatedAt: new Date().toISOString(),
      tbc: seqNo === 0,
      reportData: [
        { component: { name: 'AlignedDataCtrlr' }, variable: { name: 'Interval' }, variableAttribute: [{ value }] },
      ],
    });
    await charger.call('NotifyReport', part(number, 1, 'b'));
    expect((await followUpOf(ground.sql, await ground.command(id)))?.report?.isComplete).toBe(false);
    await charger.call('NotifyReport', part(number, 0, 'a'));
    await charger.call('NotifyReport', part(number + 1_000, 0, 'foreign'));
    expect(await followUpOf(ground.sql, await ground.command(id))).toMatchObject({
      report: { isComplete: true, variables: [{ value: 'a' }, { value: 'b' }] },
    });
  });

  it('how far it has come, where the version names no command: of the last one before', async () => {
    const ask = async () => {
      const id = await ground.ask('zcs1', { kind: 'get-diagnostics', location: 'ftp://files.example' });
      return told('zcs1', id);
    };
    const first = await ask();
    await first.charger.call('DiagnosticsStatusNotification', { status: 'Uploading' });
    const second = await ask();
    await second.charger.call('DiagnosticsStatusNotification', { status: 'UploadFailed' });
    expect(await followUpOf(ground.sql, await ground.command(first.id))).toMatchObject({
      progress: [{ status: 'Uploading' }],
    });
    expect(await followUpOf(ground.sql, await ground.command(second.id))).toMatchObject({
      progress: [{ status: 'UploadFailed' }],
    });
  });
});
