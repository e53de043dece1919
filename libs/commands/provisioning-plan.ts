import type { ResultStatus } from '#libs/ocpp/commands.js';

const IMPORT = 'Energy.Active.Import.Register';
const EXPORT = 'Energy.Active.Export.Register';
/** Seconds; 96 readings a day, on the edges of every tariff band. */
export const ALIGNED_S = 900;

export interface WantedSetting {
  /** 1.6's key; its variable in 2.x is known by libs/ocpp/standard-variables.ts. */
  readonly name: string;
  /** Best first: many chargers reject a list that names one measurand they do not have. */
  readonly values: readonly [string, ...string[]];
}

/** What every charger is set to on first contact: readings of the registers on the quarter hour, also in the Stop. */
export const WANTED: readonly WantedSetting[] = [
  { name: 'ClockAlignedDataInterval', values: [String(ALIGNED_S)] },
  { name: 'MeterValuesAlignedData', values: [`${IMPORT},${EXPORT}`, IMPORT] },
  { name: 'StopTxnAlignedData', values: [`${IMPORT},${EXPORT}`, IMPORT] },
  {
    name: 'MeterValuesSampledData',
    values: [
      `${IMPORT},${EXPORT},Power.Active.Import,Power.Offered`,
      `${IMPORT},Power.Active.Import,Power.Offered`,
      `${IMPORT},Power.Active.Import`,
      IMPORT,
    ],
  },
  { name: 'StopTxnSampledData', values: [`${IMPORT},${EXPORT}`, IMPORT] },
  { name: 'MeterValueSampleInterval', values: ['60'] },
  { name: 'HeartbeatInterval', values: ['300'] },
];

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

/** The next thing to ask, of what was asked so far; in the order of {@link WANTED}, one at a time, then all is read. */
export function nextStep(attempts: readonly Attempt[], wasRead: boolean): Step {
  if (attempts.some(({ state }) => state === 'expired')) return 'given-up';
  for (const { name, values } of WANTED) {
    const own = attempts.filter((attempt) => attempt.name === name);
    const last = own.at(-1);
    const isNext = last === undefined || (ENDED.has(last.state) && last.status === 'rejected');
    const value = values[own.length];
    if (isNext && value !== undefined) return { set: { name, value } };
  }
  return wasRead ? 'done' : { read: WANTED.map(({ name }) => name) };
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
export function settingsOf(attempts: readonly Attempt[], told: ReadonlyMap<string, string | null>): Setting[] {
  return WANTED.map(({ name, values }) => {
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

/** Lists come back in another order, with spaces, or with the default measurand left out. */
function isSame(wanted: string, actual: string): boolean {
  const parts = (text: string): string =>
    text
      .split(',')
      .map((part) => part.trim())
      .sort()
      .join();
  return parts(wanted) === parts(actual);
}

/**
 * The class of what a charger is set to now: readings on the quarter hour, readings while it charges, or only where a
 * session begins and ends. What waits for a reboot does not count yet.
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
  const alignedS = Number(value('ClockAlignedDataInterval'));
  if (alignedS > 0 && ALIGNED_S % alignedS === 0 && tellsRegister('MeterValuesAlignedData')) return 'quarter-hour';
  if (Number(value('MeterValueSampleInterval')) > 0 && tellsRegister('MeterValuesSampledData')) return 'periodic';
  return 'start-stop';
}
