import { sum } from '../imputation/sum.js';
import { partyAndTaxOf, subjectOf } from './line-identity.js';
import type { ChargeLine } from './plan-invoice.js';

/** A line's identity: what it is about and at which price. An average price moves with its energy and tells nothing. */
function keyOf(line: ChargeLine): string {
  return JSON.stringify([subjectOf(line), partyAndTaxOf(line), line.isAveragePrice ? 'average' : line.microsPerKWh]);
}

/** The sum of two numbers of which either may be absent; null when both are. */
function sumOf(a: number | null, b: number | null): number | null {
  return a === null && b === null ? null : (a ?? 0) + (b ?? 0);
}

function merged(lines: readonly ChargeLine[]): Map<string, ChargeLine> {
  const byKey = new Map<string, ChargeLine>();
  for (const line of lines) {
    const key = keyOf(line);
    const known = byKey.get(key);
    if (known === undefined) byKey.set(key, line);
    else {
      byKey.set(key, {
        ...line,
        wh: sumOf(known.wh, line.wh),
        estimatedWh: sumOf(known.estimatedWh, line.estimatedWh),
        estimatedErrorWh: sumOf(known.estimatedErrorWh, line.estimatedErrorWh),
        netCents: known.netCents + line.netCents,
      });
    }
  }
  return byKey;
}

const opposite = (value: number | null): number | null => (value === null ? null : 0 - value);

/** What takes a line back. */
function reversed(line: ChargeLine): ChargeLine {
  return {
    ...line,
    wh: opposite(line.wh),
    estimatedWh: opposite(line.estimatedWh),
    netCents: 0 - line.netCents,
  };
}

function isNothing({ wh, netCents }: ChargeLine): boolean {
  return netCents === 0 && (wh === null || wh === 0);
}

/**
 * What is to be billed so that what was billed becomes what it should be: line by line, a changed price as the old line
 * back and the new one. Added to what was billed it gives exactly what should be, in Wh and in cents. Where the sums of
 * each party and VAT code come out even (a spot was renamed, energy moved between bands of one price) nothing is due
 * and there are no lines.
 */
export function differenceOf(shouldBe: readonly ChargeLine[], billed: readonly ChargeLine[]): ChargeLine[] {
  const was = merged(billed);
  const lines: ChargeLine[] = [];
  for (const [key, line] of merged(shouldBe)) {
    const before = was.get(key);
    was.delete(key);
    const difference =
      before === undefined
        ? line
        : {
            ...line,
            wh: sumOf(line.wh, opposite(before.wh)),
            estimatedWh: sumOf(line.estimatedWh, opposite(before.estimatedWh)),
            netCents: line.netCents - before.netCents,
          };
    if (!isNothing(difference)) lines.push(difference);
  }
  for (const line of was.values()) if (!isNothing(line)) lines.push(reversed(line));
  return isEven(lines) ? [] : lines;
}

function isEven(lines: readonly ChargeLine[]): boolean {
  return [...Map.groupBy(lines, partyAndTaxOf).values()].every(
    (ofParty) => sum(ofParty, ({ netCents }) => netCents) === 0,
  );
}
