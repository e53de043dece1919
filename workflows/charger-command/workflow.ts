import { continueAsNew, setHandler } from '@temporalio/workflow';

import { carry, type Wake } from './carry.js';
import { chargerConnectedSignal, type ChargerCommandInput } from './messages.js';

/** Carries one command to its end. What became of it stands in the database; this says the state it ended in. */
export async function chargerCommand({ commandId }: ChargerCommandInput): Promise<string> {
  const wake: Wake = { connected: false };
  setHandler(chargerConnectedSignal, () => {
    wake.connected = true;
  });
  return (await carry(commandId, wake)) ?? continueAsNew<typeof chargerCommand>({ commandId });
}
