export const COMMAND_STATES = ['waiting', 'sent', 'answered', 'refused', 'expired', 'timed-out', 'failed'] as const;
export type CommandState = (typeof COMMAND_STATES)[number];
