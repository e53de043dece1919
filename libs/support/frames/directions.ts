/** from-charger: its calls. to-charger: ours. malformed: what it sent and no one could read. */
export const DIRECTIONS = ['from-charger', 'to-charger', 'malformed'] as const;
export type Direction = (typeof DIRECTIONS)[number];
