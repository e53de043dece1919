import { defineSignal } from '@temporalio/workflow';

export interface ChargerCommandInput {
  readonly commandId: string;
}

/** One for each command. */
export const chargerCommandWorkflowId = (commandId: string): string => `command/${commandId}`;

/** Fact: the command's charger has a connection, perhaps a new one. */
export const chargerConnectedSignal = defineSignal('chargerConnected');
