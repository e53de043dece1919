/** How a charger's list stands to the registry. */
export const LIST_STATES = ['new', 'in-step', 'behind', 'failed', 'unsupported'] as const;
export type ListStateName = (typeof LIST_STATES)[number];
