import { scaleDecimal } from './decimal.js';
import type { MessageDoubt, Sample } from './messages.js';
import { parseStamp } from './timestamp.js';

/** A measured value as OCPP 1.6 words it; 2.x is put into these words first (samples-201.ts). */
export interface SampledValue {
  /** A decimal number. */
  readonly value: string;
  readonly context?: string;
  readonly format?: string;
  readonly measurand?: string;
  readonly phase?: string;
  readonly location?: string;
  readonly unit?: string;
  /** Power of ten by which the value counts, beside its unit. */
  readonly multiplier?: number;
}

export interface MeterValue {
  readonly timestamp: string;
  readonly sampledValue: readonly SampledValue[];
}

const DEFAULT_MEASURAND = 'Energy.Active.Import.Register';
const EXPORT_MEASURAND = 'Energy.Active.Export.Register';
/** Registers that are billed: told and not read is energy that a person must hear of. */
const REGISTERS: ReadonlySet<string> = new Set([DEFAULT_MEASURAND, EXPORT_MEASURAND]);
const REGISTER_LIMIT_WH = 1e13;
const POWER_LIMIT_W = 100_000_000;
const CURRENT_LIMIT_DECI_A = 100_000;

/** No meter counts in more than ronna- or less than ronto-watt-hours: a shift beyond is no figure. */
const SHIFT_LIMIT = 30;

/** Decimal places to move so that the figure is in Wh or W. */
const UNIT_SHIFT: Readonly<Record<string, number>> = { Wh: 0, kWh: 3, W: 0, kW: 3 };

/**
 * Where a charger measures at several places the outlet counts: that is what the driver takes. The grid side (Upstream,
 * 2.1) and places that no version knows are better than no figure. Never the vehicle's own.
 */
const LOCATIONS = ['Outlet', 'Cable', 'Body', 'Inlet', 'Upstream'];
const VEHICLE = 'EV';

const PHASES = [
  ['L1', 'L1-N'],
  ['L2', 'L2-N'],
  ['L3', 'L3-N'],
] as const;

/** The registers and powers of each instant, in the order told. Values of one instant in several elements are joined. */
export function parseSamples(values: readonly MeterValue[]): {
  samples: Sample[];
  doubts: MessageDoubt[];
} {
  const doubts = new Set<MessageDoubt>();
  const samples = joinInstants(values).map((value) => parseSample(value, doubts));
  return { samples, doubts: [...doubts] };
}

/** Some chargers send each measurand in an element of its own; the registers of one instant and context belong together. */
function joinInstants(values: readonly MeterValue[]): MeterValue[] {
  const joined: { timestamp: string; sampledValue: SampledValue[] }[] = [];
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

function sameMeasure(a: SampledValue): (b: SampledValue) => boolean {
  return (b) => measurandOf(a) === measurandOf(b) && a.phase === b.phase && a.location === b.location;
}

function measurandOf(value: SampledValue): string {
  return value.measurand ?? DEFAULT_MEASURAND;
}

function parseSample(value: MeterValue, doubts: Set<MessageDoubt>): Sample {
  const readable = value.sampledValue.filter((one) => one.format !== 'SignedData');
  const total = (measurand: string, limit: number) => totalOf(readable, measurand, limit, doubts);
  const importWh = total(DEFAULT_MEASURAND, REGISTER_LIMIT_WH);
  const ifKWh = importWh === null ? null : ifMeantInKWh(readable);
  const exportWh = total(EXPORT_MEASURAND, REGISTER_LIMIT_WH);
  const powerW = total('Power.Active.Import', POWER_LIMIT_W);
  const offeredW = total('Power.Offered', POWER_LIMIT_W) ?? total('Power.Import.Offered', POWER_LIMIT_W); // 2.1's name
  if (isIntervalOnly(readable, 'Import', importWh) || isIntervalOnly(readable, 'Export', exportWh)) {
    doubts.add('interval-only');
  }
  const perConductorDeciA = currentsOf(readable);
  const register = readable.find((one) => measurandOf(one) === DEFAULT_MEASURAND) ?? readable[0];
  return {
    stamp: parseStamp(value.timestamp),
    context: register?.context ?? 'Sample.Periodic',
    ...(importWh === null ? {} : { importWh }),
    ...(ifKWh === null ? {} : { importWhIfKWh: ifKWh }),
    ...(exportWh === null ? {} : { exportWh }),
    ...(powerW === null ? {} : { powerW }),
    ...(offeredW === null ? {} : { offeredW }),
    ...(perConductorDeciA === null ? {} : { perConductorDeciA }),
  };
}

/** Energy flowed that way in the interval, and no register of it is told. */
function isIntervalOnly(values: readonly SampledValue[], way: 'Import' | 'Export', registerWh: number | null): boolean {
  const measurand = `Energy.Active.${way}.Interval`;
  return registerWh === null && values.some((one) => one.measurand === measurand && Number(one.value) !== 0);
}

/** An import register without a unit, taken for kWh; null where the charger gave one. Whoever knows the meter decides. */
function ifMeantInKWh(values: readonly SampledValue[]): number | null {
  const registers = values.filter((one) => measurandOf(one) === DEFAULT_MEASURAND);
  if (registers.some((one) => one.unit !== undefined || one.multiplier !== undefined)) return null;
  const inKWh = registers.map((one): SampledValue => Object.assign({}, one, { unit: 'kWh' }));
  return totalOf(inKWh, DEFAULT_MEASURAND, REGISTER_LIMIT_WH, new Set());
}

/**
 * What flows on each conductor, at the first place that tells it; null when none is told of. Only for those who share a
 * circuit: a doubt flags nothing. One without a phase may be a conductor's or the sum, and says nothing.
 */
function currentsOf(values: readonly SampledValue[]): readonly [number, number, number] | null {
  const currents = values.filter((one) => measurandOf(one) === 'Current.Import' && !isOfVehicle(one));
  const told = byPlace(currents)
    .map(phasesNamed)
    .find((phases) => phases.some((value) => value !== undefined));
  if (told === undefined) return null;
  const [l1 = 0, l2 = 0, l3 = 0] = told.map((value) => {
    const { multiplier = 0 } = value ?? {};
    const figure = value === undefined ? 0 : isSound(multiplier) ? scaleDecimal(value.value, 1 + multiplier) : null;
    return figure === null || Math.abs(figure) > CURRENT_LIMIT_DECI_A ? null : Math.max(0, figure);
  });
  return l1 === null || l2 === null || l3 === null ? null : [l1, l2, l3];
}

/** The total of a measurand: the value without a phase, else the sum of L1, L2 and L3; null when not told. */
function totalOf(
  values: readonly SampledValue[],
  measurand: string,
  limit: number,
  doubts: Set<MessageDoubt>,
): number | null {
  const told = values.filter((one) => measurandOf(one) === measurand && !isOfVehicle(one));
  const parts = partsOf(told);
  if (parts.length === 0) {
    if (told.length > 0 && REGISTERS.has(measurand)) doubts.add('invalid-value');
    return null;
  }
  let sum = 0;
  for (const part of parts) {
    const shift = shiftOf(part);
    const figure = shift === null ? null : scaleDecimal(part.value, shift);
    if (figure === null) doubts.add('invalid-value');
    else if (Math.abs(figure) > limit) doubts.add('value-out-of-range');
    if (figure === null || Math.abs(figure) > limit) return null;
    sum += figure;
  }
  return sum;
}

/** What a total is made of, at the first place that has it: a value without a phase, else the phases. */
function partsOf(told: readonly SampledValue[]): SampledValue[] {
  for (const here of byPlace(told)) {
    const whole = here.find((one) => one.phase === undefined);
    const parts = whole === undefined ? phasesOf(here) : [whole];
    if (parts.length > 0) return parts;
  }
  return [];
}

/** The values of each place that tells any, the place that counts before others first. */
function byPlace(told: readonly SampledValue[]): (readonly SampledValue[])[] {
  const [first] = told;
  if (first === undefined || told.every((one) => placeOf(one) === placeOf(first))) return [told];
  const places = new Set([...LOCATIONS, ...told.map(placeOf)]);
  return [...places].map((place) => told.filter((one) => placeOf(one) === place));
}

function isOfVehicle({ location }: SampledValue): boolean {
  return location?.toUpperCase() === VEHICLE;
}

function placeOf({ location = 'Outlet' }: SampledValue): string {
  return location;
}

/** Null for an unknown unit. */
function shiftOf({ unit, multiplier = 0 }: SampledValue): number | null {
  const shift = unit === undefined ? 0 : UNIT_SHIFT[unit];
  return shift === undefined || !isSound(multiplier) ? null : shift + multiplier;
}

const isSound = (multiplier: number): boolean => Number.isInteger(multiplier) && Math.abs(multiplier) <= SHIFT_LIMIT;

function phasesOf(values: readonly SampledValue[]): SampledValue[] {
  return phasesNamed(values).flatMap((one) => one ?? []);
}

function phasesNamed(values: readonly SampledValue[]): (SampledValue | undefined)[] {
  return PHASES.map((names) => values.find((one) => names.some((name) => name === one.phase)));
}
