import type { ResultStatus } from '#libs/ocpp/commands.js';

const IMPORT = 'Energy.Active.Import.Register';
const EXPORT = 'Energy.Active.Export.Register';
/** Seconds; 96 readings a day, on the edges of every tariff band. */
export const ALIGNED_S = 900;
/** Seconds between what a charger tells of a car that charges: its power, and its currents for who shares a circuit. */
export const SAMPLED_S = 60;

export interface WantedSetting {
  /** As libs/ocpp/standard-variables.ts names it for both versions: 1.6's key where there is one. */
  readonly name: string;
  /** Best first: many chargers reject a list that names one measurand they do not have. */
  readonly values: readonly [string, ...string[]];
}

/** What chargers do with a card that nobody knows while they cannot ask. */
export const OFFLINE_RULES = ['refuse', 'accept'] as const;
export type OfflineRule = (typeof OFFLINE_RULES)[number];

/** Readings of the registers on the quarter hour, also in the Stop. */
const READINGS: readonly WantedSetting[] = [
  { name: 'ClockAlignedDataInterval', values: [String(ALIGNED_S)] },
  { name: 'MeterValuesAlignedData', values: [`${IMPORT},${EXPORT}`, IMPORT] },
  { name: 'StopTxnAlignedData', values: [`${IMPORT},${EXPORT}`, IMPORT] },
  {
    name: 'MeterValuesSampledData',
    // The currents say which phases a car loads, and how much of what it was given it takes (libs/circuits).
    values: [
      `${IMPORT},${EXPORT},Current.Import,Power.Active.Import,Power.Offered`,
      `${IMPORT},Current.Import,Power.Active.Import,Power.Offered`,
      `${IMPORT},Current.Import,Power.Active.Import`,
      `${IMPORT},${EXPORT},Power.Active.Import,Power.Offered`,
      `${IMPORT},Power.Active.Import,Power.Offered`,
      `${IMPORT},Power.Active.Import`,
      IMPORT,
    ],
  },
  { name: 'StopTxnSampledData', values: [`${IMPORT},${EXPORT}`, IMPORT] },
  { name: 'MeterValueSampleInterval', values: [String(SAMPLED_S)] },
  { name: 'HeartbeatInterval', values: ['300'] },
  // A message that we could not record is sent again, with a pause that grows by so many seconds.
  { name: 'TransactionMessageAttempts', values: ['10', '5'] },
  { name: 'TransactionMessageRetryInterval', values: ['30'] },
];

/**
 * What 1.6 has no keys for (OCPP 2.0.1 part 2, 3.1.14 and 3.1.15): registers in the Started event, the quarter hours in
 * the Ended event, and quarter hours while a car charges as well.
 */
const READINGS_2X: readonly WantedSetting[] = [
  { name: 'AlignedDataCtrlr.Enabled', values: ['true'] },
  { name: 'AlignedDataCtrlr.SendDuringIdle', values: ['false'] },
  { name: 'AlignedDataCtrlr.TxEndedInterval', values: [String(ALIGNED_S)] },
  { name: 'SampledDataCtrlr.Enabled', values: ['true'] },
  { name: 'SampledDataCtrlr.TxStartedMeasurands', values: [`${IMPORT},${EXPORT}`, IMPORT] },
];

/**
 * Who may charge while the charger cannot ask: the cards of its list, and others where the installation says so. Where it
 * does, what began so goes on when the charger is back: its energy is kept and flagged. Whoever can ask asks.
 */
const cards = (rule: OfflineRule): readonly WantedSetting[] => [
  { name: 'LocalAuthListEnabled', values: ['true'] },
  { name: 'LocalAuthorizeOffline', values: ['true'] },
  { name: 'LocalPreAuthorize', values: ['false'] },
  { name: 'AllowOfflineTxForUnknownId', values: [rule === 'accept' ? 'true' : 'false'] },
  { name: 'StopTransactionOnInvalidId', values: [rule === 'accept' ? 'false' : 'true'] },
];

/** What every charger is set to on first contact, where unknown cards are treated so while it is offline. */
export const wantedWith = (rule: OfflineRule, is2x = false): readonly WantedSetting[] => [
  ...READINGS,
  ...(is2x ? READINGS_2X : []),
  ...cards(rule),
];
export const WANTED = wantedWith('refuse');

/** Many chargers answer about a few keys a call (GetConfigurationMaxKeys; ItemsPerMessage of GetVariables). */
const READ_AT_A_TIME = 8;

/** A value that was asked for, and what was answered; `state` of its command. */
export interface Attempt {
  readonly name: string;
  readonly value: string;
  readonly state: string;
  readonly status: ResultStatus | null;
}

export type Step =
  | { readonly set: { readonly name: string; readonly value: string } }
  | { readonly read: readonly string[] }
  /** The charger is away: the next boot tries again. */
  | 'given-up'
  | 'done';

const ENDED = new Set(['answered', 'refused', 'failed', 'timed-out', 'expired']);

/**
 * The next thing to ask, of what was asked so far; in the order of `wanted`, one at a time, then all is read, a few a time.
 * `read`: the names that were asked about.
 */
export function nextStep(attempts: readonly Attempt[], read: ReadonlySet<string>, wanted = WANTED): Step {
  if (attempts.some(({ state }) => state === 'expired')) return 'given-up';
  for (const { name, values } of wanted) {
    const own = attempts.filter((attempt) => attempt.name === name);
    const last = own.at(-1);
    const isNext = last === undefined || (ENDED.has(last.state) && last.status === 'rejected');
    const value = values[own.length];
    if (isNext && value !== undefined) return { set: { name, value } };
  }
  const unread = wanted.map(({ name }) => name).filter((name) => !read.has(name));
  return unread.length === 0 ? 'done' : { read: unread.slice(0, READ_AT_A_TIME) };
}

/** How finely a charger tells its energy, best first. */
export const PRECISION_CLASSES = ['quarter-hour', 'periodic', 'start-stop'] as const;
export type PrecisionClass = (typeof PRECISION_CLASSES)[number];

export type SettingState = 'as-wanted' | 'otherwise' | 'reboot-required' | 'rejected' | 'not-supported' | 'unknown';

export interface Setting {
  readonly name: string;
  /** The last value that was asked for. */
  readonly wanted: string;
  /** As it was read back; null: the charger does not tell. */
  readonly actual: string | null;
  readonly state: SettingState;
}

/** What stuck: what was asked and answered, and what the charger told when it was read back. */
export function settingsOf(
  attempts: readonly Attempt[],
  told: ReadonlyMap<string, string | null>,
  settings = WANTED,
): Setting[] {
  return settings.map(({ name, values }) => {
    const last = attempts.findLast((attempt) => attempt.name === name);
    const wanted = last?.value ?? values[0];
    const actual = told.get(name) ?? null;
    return { name, wanted, actual, state: stateOf(wanted, actual, last?.status ?? null) };
  });
}

function stateOf(wanted: string, actual: string | null, status: ResultStatus | null): SettingState {
  if (actual !== null && isSame(wanted, actual)) return 'as-wanted';
  if (status === 'reboot-required') return 'reboot-required';
  if (status === 'rejected') return 'rejected';
  if (status === 'not-supported' || status === 'unknown-variable' || status === 'unknown-component') {
    return 'not-supported';
  }
  if (actual !== null) return 'otherwise';
  return status === 'accepted' ? 'as-wanted' : 'unknown';
}

/** Lists come back in another order, with spaces, or with the default measurand left out; true as True. */
function isSame(wanted: string, actual: string): boolean {
  const parts = (text: string): string =>
    text
      .split(',')
      .map((part) => part.trim())
      .sort()
      .join();
  const isFlag = wanted === 'true' || wanted === 'false';
  return isFlag ? wanted === actual.trim().toLowerCase() : parts(wanted) === parts(actual);
}

/**
 * The class of what a charger is set to now: readings on the quarter hour, readings while it charges, or only where a
 * session begins and ends. What waits for a reboot does not count yet. A station of 2.x may have turned readings off as a
 * whole, or send those on the quarter hour only while nobody charges (OCPP 2.0.1 part 2, 2.9).
 */
export function precisionOf(settings: readonly Setting[]): PrecisionClass {
  const value = (name: string): string => {
    const setting = settings.find((one) => one.name === name);
    if (setting === undefined) return '';
    return setting.actual ?? (setting.state === 'as-wanted' ? setting.wanted : '');
  };
  const tellsRegister = (name: string): boolean =>
    value(name)
      .split(',')
      .map((part) => part.trim())
      .includes(IMPORT);
  const is = (name: string, flag: 'true' | 'false'): boolean => isSame(flag, value(name));
  const noneAligned = is('AlignedDataCtrlr.Enabled', 'false') || is('AlignedDataCtrlr.SendDuringIdle', 'true');
  const alignedS = noneAligned ? 0 : Number(value('ClockAlignedDataInterval'));
  if (alignedS > 0 && ALIGNED_S % alignedS === 0 && tellsRegister('MeterValuesAlignedData')) return 'quarter-hour';
  const sampledS = is('SampledDataCtrlr.Enabled', 'false') ? 0 : Number(value('MeterValueSampleInterval'));
  if (sampledS > 0 && tellsRegister('MeterValuesSampledData')) return 'periodic';
  return 'start-stop';
}
