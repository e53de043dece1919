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
