/** A small seeded generator (mulberry32): the demo's world is the same on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** An integer in [from, to]. */
export function integerBetween(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** Splits a whole number of Wh into `parts` uneven whole numbers that add up to it exactly. */
export function spread(random: () => number, totalWh: number, parts: number): number[] {
  const weights = Array.from({ length: parts }, () => 0.6 + random() * 0.8);
  const sum = weights.reduce((a, b) => a + b, 0);
  const shares: number[] = [];
  let used = 0;
  let reached = 0;
  for (const weight of weights) {
    reached += weight;
    const upTo = Math.round((totalWh * reached) / sum);
    shares.push(upTo - used);
    used = upTo;
  }
  const last = shares.length - 1;
  shares[last] = (shares[last] ?? 0) + totalWh - used;
  return shares;
}
