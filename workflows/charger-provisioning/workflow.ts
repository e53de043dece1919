import { sleep } from '@temporalio/workflow';

import { carry } from '../charger-command/carry.js';
import { provisioningRecords } from './activities.js';
import type { ChargerProvisioningInput } from './messages.js';

/** A call right after the boot disturbs simple chargers. */
const REST_AFTER_BOOT = '5 seconds';
const LOOK_AGAIN_MS = 60_000;
/** Every setting has few values to try: more is a fault of ours. */
const MOST_COMMANDS = 40;

/** Sets a charger up, one setting after another, reads back what stuck and keeps it. */
export async function chargerProvisioning(input: ChargerProvisioningInput): Promise<string | null> {
  await sleep(REST_AFTER_BOOT);
  for (let commands = 0; commands < MOST_COMMANDS; commands += 1) {
    const commandId = await provisioningRecords.nextProvisioningCommand(input);
    if (commandId === null) break;
    await carry(commandId, { connected: false, lookAgainMs: LOOK_AGAIN_MS });
  }
  return provisioningRecords.finishProvisioning(input);
}
