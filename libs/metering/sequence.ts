/** Numbers of events that have come, as half-open ranges in order; what lies between two ranges has not come. */
export type Sequence = readonly (readonly [from: number, until: number])[];

/** PostgreSQL's text of an int4multirange, e.g. `{[0,3),[5,6)}`. */
export function parseSequence(text: string): Sequence {
  if (text === '{}') return [];
  return [...text.matchAll(/\[(-?\d+),(-?\d+)\)/g)].map((range) => [Number(range[1]), Number(range[2])] as const);
}

/** Whether events are missing between the first and the last that came, with `added` among them. */
export function hasGap(sequence: Sequence, added: number | null): boolean {
  const ranges = [...sequence, ...(added === null ? [] : [[added, added + 1] as const])];
  ranges.sort((a, b) => a[0] - b[0]);
  let end = ranges[0]?.[0] ?? 0;
  for (const [from, until] of ranges) {
    if (from > end) return true;
    end = Math.max(end, until);
  }
  return false;
}
