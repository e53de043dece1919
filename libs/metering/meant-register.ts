import type { Sample } from '#libs/ocpp/messages.js';

import type { TransactionFacts } from './facts.js';
import type { Flag } from './flags.js';

/** What is known of a transaction's meter when a sample comes. */
export interface MeterFacts {
  readonly meterStartWh: number;
  readonly startedAt: Date;
  /** Its samples were seen to count from the Start. */
  readonly isRelative: boolean;
  /** Its samples were seen to be in kWh without saying so. */
  readonly isKWh: boolean;
  /** A register above meterStart was told, or one that fell: samples are the meter's own. */
  readonly isAbsolute: boolean;
}

/** No session takes more. */
export const SESSION_LIMIT_WH = 1_000_000;
/** No connector gives more. */
export const MOST_W = 400_000;
const MOST_WH_PER_MS = MOST_W / 3_600_000;
/** Chargers give their times to the second or to the minute. */
export const COARSE_MS = 60_000;
/** So much older than its session a meter must be that a register from zero cannot be its own. */
const OLDER_BY = 10;

/** Whether one session's register can have risen by so much in that time. */
export function isPossibleRise(wh: number, elapsedMs: number): boolean {
  return wh >= 0 && elapsedMs >= 0 && wh <= Math.min(SESSION_LIMIT_WH, (elapsedMs + COARSE_MS) * MOST_WH_PER_MS);
}

/** What a transaction says of its meter; null where nothing is known. `lastRegisterWh`: the last that is stored of it. */
export function meterOf(
  transaction: TransactionFacts | null,
  samples: readonly Sample[],
  lastRegisterWh: number | null,
): MeterFacts | null {
  const meterStartWh = transaction?.meterStartWh ?? null;
  if (transaction === null || meterStartWh === null || meterStartWh <= 0) return null;
  const isAbove = (wh: number | null | undefined): boolean => (wh ?? 0) > meterStartWh;
  return {
    meterStartWh,
    startedAt: transaction.startedAt,
    isRelative: transaction.flags.includes('relative-register'),
    isKWh: transaction.flags.includes('unit-assumed'),
    isAbsolute:
      transaction.flags.includes('register-fell') ||
      isAbove(lastRegisterWh) ||
      samples.some((one) => isAbove(one.importWh)),
  };
}

/**
 * The register that a sample means. Below meterStart it is the meter's own only if that was reset: a charger that leaves
 * the unit out may mean kWh, and some count their samples from the Start while meterStart and meterStop are the meter's.
 * Read as told, either would be billed as all that the meter ever counted. Wh.
 */
export function meantRegister(
  { importWh = 0, importWhIfKWh: ifKWh, stamp }: Sample,
  meter: MeterFacts | null,
): { readonly importWh: number; readonly flag: Flag | null } {
  if (meter === null || importWh >= meter.meterStartWh || importWh < 0) return { importWh, flag: null };
  const { meterStartWh, startedAt, isRelative, isKWh, isAbsolute } = meter;
  if (!isRelative && importWh * OLDER_BY > meterStartWh) return { importWh, flag: null };
  const elapsedMs = stamp.at === null ? NaN : stamp.at.getTime() - startedAt.getTime();
  const isPossible = (wh: number): boolean => isPossibleRise(wh, elapsedMs);
  if (ifKWh !== undefined && (isKWh || !isAbsolute) && isPossible(ifKWh - meterStartWh))
    return { importWh: ifKWh, flag: 'unit-assumed' };
  if ((isRelative || !isAbsolute) && isPossible(importWh)) {
    return { importWh: meterStartWh + importWh, flag: 'relative-register' };
  }
  return { importWh, flag: null };
}
