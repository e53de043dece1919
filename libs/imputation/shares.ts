/** One who takes part in a common cost. Keys are unique; weights are whole and not negative. */
export interface Sharer {
  readonly key: string;
  readonly weight: number;
}

/**
 * Splits a common cost among those who share it, by weight: cents in the order of the sharers, which add up to the
 * whole, each less than one cent from its exact part (largest remainder, quota of Hare). The cents left over go to the
 * largest remainders; of equal ones the lower key comes first (code-unit order), so that the order of the list decides
 * nothing. A negative whole is split like the positive one: a correction of the same size cancels to the cent.
 * Null when nobody has any weight: then nobody can be charged.
 * Throws RangeError for a key that comes twice and for anything but safe integers and weights of zero or more.
 */
export function splitCents(wholeCents: number, sharers: readonly Sharer[]): number[] | null {
  const totalWeight = checkedTotal(wholeCents, sharers);
  if (totalWeight === 0n) return null;
  const sign = wholeCents < 0 ? -1 : 1;
  const whole = BigInt(Math.abs(wholeCents));
  const parts = sharers.map(({ key, weight }) => {
    const exact = whole * BigInt(weight);
    return { key, cents: exact / totalWeight, remainder: exact % totalWeight };
  });
  let left = whole - parts.reduce((sum, part) => sum + part.cents, 0n);
  for (const part of [...parts].sort(byRemainder)) {
    if (left === 0n) break;
    part.cents += 1n;
    left -= 1n;
  }
  return parts.map(({ cents }) => (cents === 0n ? 0 : sign * Number(cents)));
}

interface Part {
  readonly key: string;
  readonly remainder: bigint;
}

function byRemainder(a: Part, b: Part): number {
  if (a.remainder !== b.remainder) return a.remainder > b.remainder ? -1 : 1;
  return a.key < b.key ? -1 : 1;
}

function checkedTotal(wholeCents: number, sharers: readonly Sharer[]): bigint {
  if (!Number.isSafeInteger(wholeCents)) throw new RangeError(`${wholeCents} cents is no safe integer`);
  const keys = new Set(sharers.map(({ key }) => key));
  if (keys.size < sharers.length) throw new RangeError('A sharer is named twice: add their weights up first');
  let total = 0n;
  for (const { key, weight } of sharers) {
    if (!Number.isSafeInteger(weight) || weight < 0) throw new RangeError(`Weight ${weight} of "${key}" is none`);
    total += BigInt(weight);
  }
  return total;
}
