import { expect, test } from '@jest/globals';

import type { ResultStatus } from '#libs/ocpp/commands.js';

import { nextStep, precisionOf, settingsOf, WANTED, wantedWith, type Attempt } from './provisioning-plan.js';

const IMPORT = 'Energy.Active.Import.Register';

/** Plays a charger that answers as given until nothing is left to ask. */
function play(answer: (name: string, value: string) => ResultStatus, wanted = WANTED): Attempt[] {
  const attempts: Attempt[] = [];
  for (let steps = 0; steps < 100; steps += 1) {
    const step = nextStep(attempts, new Set(), wanted);
    if (typeof step === 'string' || 'read' in step) return attempts;
    attempts.push({ ...step.set, state: 'answered', status: answer(step.set.name, step.set.value) });
  }
  throw new Error('it never ends');
}

test('a charger that does all is asked once for each setting', () => {
  expect(play(() => 'accepted').map(({ name }) => name)).toEqual(WANTED.map(({ name }) => name));
});

test('what was set is read back, a few a call, each once', () => {
  const attempts = play(() => 'accepted');
  const read: string[] = [];
  for (let calls = 0; calls < 100; calls += 1) {
    const step = nextStep(attempts, new Set(read));
    if (step === 'done') break;
    if (typeof step === 'string' || 'set' in step) throw new Error('all is set');
    expect(step.read.length).toBeLessThanOrEqual(8);
    read.push(...step.read);
  }
  expect(read).toEqual(WANTED.map(({ name }) => name));
});

test('a charger of 2.x is asked for what 1.6 has no keys for: the registers at the start, the quarter hours at the end', () => {
  const own = (is2x: boolean) => wantedWith('refuse', is2x).map(({ name }) => name);
  const more = own(true).filter((name) => !own(false).includes(name));
  expect(more).toEqual([
    'AlignedDataCtrlr.Enabled',
    'AlignedDataCtrlr.SendDuringIdle',
    'AlignedDataCtrlr.TxEndedInterval',
    'SampledDataCtrlr.Enabled',
    'SampledDataCtrlr.TxStartedMeasurands',
  ]);
  expect(play(() => 'accepted', wantedWith('refuse', true)).map(({ name }) => name)).toEqual(own(true));
});

test('a charger without an export register is asked for less, one that rejects everything not for ever', () => {
  const noExport = play((_, value) => (value.includes('Export') ? 'rejected' : 'accepted'));
  expect(noExport.filter(({ name }) => name === 'MeterValuesAlignedData').map(({ value }) => value)).toEqual([
    `${IMPORT},Energy.Active.Export.Register`,
    IMPORT,
  ]);
  const values = WANTED.reduce((sum, wanted) => sum + wanted.values.length, 0);
  expect(play(() => 'rejected')).toHaveLength(values);
});

test('one that is away is left for the next boot', () => {
  const attempt: Attempt = { name: 'HeartbeatInterval', value: '300', state: 'expired', status: null };
  expect(nextStep([attempt], new Set())).toBe('given-up');
});

test.each([
  [{ ClockAlignedDataInterval: '900', MeterValuesAlignedData: IMPORT }, 'quarter-hour'],
  [{ ClockAlignedDataInterval: '300', MeterValuesAlignedData: ` ${IMPORT} , Voltage` }, 'quarter-hour'],
  [{ ClockAlignedDataInterval: '1800', MeterValuesAlignedData: IMPORT }, 'start-stop'],
  [{ ClockAlignedDataInterval: '900', MeterValuesAlignedData: 'Voltage' }, 'start-stop'],
  [{ MeterValueSampleInterval: '60', MeterValuesSampledData: `Voltage,${IMPORT}` }, 'periodic'],
  [{ MeterValueSampleInterval: '0', MeterValuesSampledData: IMPORT }, 'start-stop'],
  [{}, 'start-stop'],
])('a charger set to %j tells %s', (told, precision) => {
  expect(precisionOf(settingsOf([], new Map(Object.entries(told))))).toBe(precision);
});

test.each([
  [{ 'AlignedDataCtrlr.Enabled': 'false' }, 'periodic'],
  [{ 'AlignedDataCtrlr.SendDuringIdle': 'True' }, 'periodic'],
  [{ 'SampledDataCtrlr.Enabled': 'false' }, 'quarter-hour'],
  [{ 'AlignedDataCtrlr.Enabled': 'False', 'SampledDataCtrlr.Enabled': 'false' }, 'start-stop'],
  [{ 'AlignedDataCtrlr.SendDuringIdle': 'false', 'AlignedDataCtrlr.Enabled': 'true' }, 'quarter-hour'],
])('a station of 2.x that has everything but %j tells %s', (told, precision) => {
  const all = {
    ClockAlignedDataInterval: '900',
    MeterValuesAlignedData: IMPORT,
    MeterValueSampleInterval: '60',
    MeterValuesSampledData: IMPORT,
  };
  const settings = settingsOf([], new Map(Object.entries({ ...all, ...told })), wantedWith('refuse', true));
  expect(precisionOf(settings)).toBe(precision);
});

test('currents are asked for first, and given up only where a charger does not tell them', () => {
  const sampled = (missing: string) =>
    play((_, value) => (value.includes(missing) ? 'rejected' : 'accepted')).findLast(
      ({ name }) => name === 'MeterValuesSampledData',
    )?.value;
  const [first] = WANTED.find(({ name }) => name === 'MeterValuesSampledData')?.values ?? [];
  expect(first).toContain('Current.Import');
  expect(sampled('Export')).toBe(`${IMPORT},Current.Import,Power.Active.Import,Power.Offered`);
  expect(sampled('Power.Offered')).toBe(`${IMPORT},Current.Import,Power.Active.Import`);
  expect(sampled('Current')).toBe(`${IMPORT},Energy.Active.Export.Register,Power.Active.Import,Power.Offered`);
});

test('what waits for a reboot does not count yet, whatever order a list comes back in', () => {
  const attempts = play((name) => (name === 'ClockAlignedDataInterval' ? 'reboot-required' : 'accepted'));
  const told = new Map([
    ['ClockAlignedDataInterval', '0'],
    ['MeterValuesAlignedData', `Energy.Active.Export.Register, ${IMPORT}`],
  ]);
  const settings = settingsOf(attempts, told);
  expect(settings.find(({ name }) => name === 'MeterValuesAlignedData')?.state).toBe('as-wanted');
  expect(settings.find(({ name }) => name === 'ClockAlignedDataInterval')?.state).toBe('reboot-required');
  expect(precisionOf(settings)).toBe('periodic');
});

test.each([
  ['refuse', 'false', 'true'],
  ['accept', 'true', 'false'],
] as const)('cards that nobody knows, offline: %s', (rule, allowed, stops) => {
  const wanted = wantedWith(rule);
  const value = (name: string) => wanted.find((one) => one.name === name)?.values;
  expect(value('AllowOfflineTxForUnknownId')).toEqual([allowed]);
  expect(value('StopTransactionOnInvalidId')).toEqual([stops]);
  expect(value('LocalAuthorizeOffline')).toEqual(['true']);
  const told = new Map([['AllowOfflineTxForUnknownId', allowed === 'true' ? 'True' : 'FALSE ']]);
  const state = settingsOf([], told, wanted).find(({ name }) => name === 'AllowOfflineTxForUnknownId')?.state;
  expect(state).toBe('as-wanted');
});
