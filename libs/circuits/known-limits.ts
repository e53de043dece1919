import type { DeciA } from './current.js';

/** All the limits that are possible, in order, each once. */
export function union(a: readonly DeciA[], b: readonly DeciA[]): readonly DeciA[] {
  return [...new Set([...a, ...b])].sort((x, y) => x - y);
}
