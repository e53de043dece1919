import { scaleDecimal } from './decimal.js';
import type { MessageDoubt, Sample } from './messages.js';
import { parseStamp } from './timestamp.js';

export interface SampledValue16 {
  readonly value: string;
  readonly context?: string;
  readonly format?: string;
  readonly measurand?: string;
  readonly phase?: string;
  readonly location?: string;
  readonly unit?: string;
}

export interface MeterValue16 {
  readonly timestamp: string;
  readonly sampledValue: readonly SampledValue16[];
}

const DEFAULT_MEASURAND = 'Energy.Active.Import.Register';
const REGISTER_LIMIT_WH = 1e13;
const POWER_LIMIT_W = 100_000_000;

/** Decimal places to move so that the figure is in Wh or W. */
const UNIT_SHIFT: Readonly<Record<string, number>> = { Wh: 0, kWh: 3, W: 0, kW: 3 };

/** Where a charger measures at several places the outlet counts: that is what the driver takes. Never the vehicle's own figure. */
const LOCATIONS = ['Outlet', 'Cable', 'Body', 'Inlet'] as const;

const PHASES = [
  ['L1', 'L1-N'],
  ['L2', 'L2-N'],
  ['L3', 'L3-N'],
] as const;

/** The registers and powers of each instant, in the order told. Values of one instant in several elements are joined. */
export function parseSamples(values: readonly MeterValue16[]): {
  samples: Sample[];
  doubts: MessageDoubt[];
} {
  const doubts = new Set<MessageDoubt>();
  const samples = joinInstants(values).map((value) => parseSample(value, doubts));
  return { samples, doubts: [...doubts] };
}

/** Some chargers send each measurand in an element of its own; the registers of one instant and context belong together. */
function joinInstants(values: readonly MeterValue16[]): MeterValue16[] {
  const joined: { timestamp: string; sampledValue: SampledValue16[] }[] = [];
  for (const value of values) {
    const last = joined.at(-1);
    const repeats = last !== undefined && value.sampledValue.some((one) => last.sampledValue.some(sameMeasure(one)));
    if (last === undefined || last.timestamp !== value.timestamp || repeats) {
      joined.push({ timestamp: value.timestamp, sampledValue: [...value.sampledValue] });
    } else {
      last.sampledValue.push(...value.sampledValue);
    }
  }
  return joined;
}

function sameMeasure(a: SampledValue16): (b: SampledValue16) => boolean {
  return (b) => measurandOf(a) === measurandOf(b) && a.phase === b.phase && a.location === b.location;
}

function measurandOf(value: SampledValue16): string {
  return value.measurand ?? DEFAULT_MEASURAND;
}

function parseSample(value: MeterValue16, doubts: Set<MessageDoubt>): Sample {
  const readable = value.sampledValue.filter((one) => one.format !== 'SignedData');
  const total = (measurand: string, limit: number) => totalOf(readable, measurand, limit, doubts);
  const importWh = total(DEFAULT_MEASURAND, REGISTER_LIMIT_WH);
  const exportWh = total('Energy.Active.Export.Register', REGISTER_LIMIT_WH);
  const powerW = total('Power.Active.Import', POWER_LIMIT_W);
  const offeredW = total('Power.Offered', POWER_LIMIT_W);
  if (importWh === null && readable.some((one) => one.measurand?.endsWith('.Interval'))) doubts.add('interval-only');
  const register = readable.find((one) => measurandOf(one) === DEFAULT_MEASURAND) ?? readable[0];
  return {
    stamp: parseStamp(value.timestamp),
    context: register?.context ?? 'Sample.Periodic',
    ...(importWh === null ? {} : { importWh }),
    ...(exportWh === null ? {} : { exportWh }),
    ...(powerW === null ? {} : { powerW }),
    ...(offeredW === null ? {} : { offeredW }),
  };
}

/** The total of a measurand: the value without a phase, else the sum of L1, L2 and L3; null when not told. */
function totalOf(
  values: readonly SampledValue16[],
  measurand: string,
  limit: number,
  doubts: Set<MessageDoubt>,
): number | null {
  const told = values.filter((one) => measurandOf(one) === measurand);
  const location = LOCATIONS.find((place) => told.some((one) => (one.location ?? 'Outlet') === place));
  const here = told.filter((one) => (one.location ?? 'Outlet') === location);
  const whole = here.find((one) => one.phase === undefined);
  const parts = whole === undefined ? phasesOf(here) : [whole];
  if (parts.length === 0) return null;
  let sum = 0;
  for (const part of parts) {
    const shift = part.unit === undefined ? 0 : UNIT_SHIFT[part.unit];
    const figure = shift === undefined ? null : scaleDecimal(part.value, shift);
    if (figure === null) doubts.add('invalid-value');
    else if (Math.abs(figure) > limit) doubts.add('value-out-of-range');
    if (figure === null || Math.abs(figure) > limit) return null;
    sum += figure;
  }
  return sum;
}

function phasesOf(values: readonly SampledValue16[]): SampledValue16[] {
  return PHASES.flatMap((names) => values.find((one) => names.some((name) => name === one.phase)) ?? []);
}
