import type { Concern, NewReading, RegisterFacts } from './facts.js';
import { isPossibleRise } from './meant-register.js';

/** What is stored around a message's readings of one transaction: the last before the first of them, the first after the last, and those at the same instants. */
export interface StoredAround {
  readonly before: RegisterFacts | null;
  readonly after: RegisterFacts | null;
  readonly same: readonly RegisterFacts[];
}

/** A meter only counts up, and no faster than it can: says where, in time order, a register falls or leaps, and where one instant has two. */
export function checkRegisters(
  transactionId: number,
  readings: readonly NewReading[],
  stored: StoredAround,
): Concern[] {
  const told = readings.map(({ at, importWh }) => ({ at, importWh }));
  const line = [
    ...(stored.before === null ? [] : [stored.before]),
    ...[...told, ...stored.same].sort((a, b) => a.at.getTime() - b.at.getTime()),
    ...(stored.after === null ? [] : [stored.after]),
  ];
  const concerns = new Map<string, Concern>();
  for (const [index, here] of line.entries()) {
    const former = line[index - 1];
    if (former === undefined || former.importWh === here.importWh) continue;
    const detail = { at: here.at.toISOString(), fromWh: former.importWh, toWh: here.importWh };
    if (former.at.getTime() === here.at.getTime()) {
      concerns.set('conflict', { code: 'conflicting-reading', transactionId, detail });
    } else if (here.importWh < former.importWh) {
      concerns.set('fell', { code: 'register-fell', transactionId, detail });
    } else if (former.importWh >= 0 && !isPossibleRise(here.importWh - former.importWh, msBetween(former, here))) {
      concerns.set('leapt', { code: 'register-leapt', transactionId, detail });
    }
  }
  return [...concerns.values()];
}

function msBetween(former: RegisterFacts, here: RegisterFacts): number {
  return here.at.getTime() - former.at.getTime();
}
