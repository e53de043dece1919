import { proxyLocalActivities } from '@temporalio/workflow';

import { UNTIL_IT_WORKS } from '../retry-policies.js';
import type { ChargerProvisioningInput } from './messages.js';

/** Short steps in the database. */
export interface ProvisioningRecords {
  /** Records the run's next command, whose workflow is ours to begin; its id, null when nothing is left to ask. */
  nextProvisioningCommand(input: ChargerProvisioningInput): Promise<string | null>;
  /** Keeps what stuck; how finely the charger tells its energy, null when it did not say. */
  finishProvisioning(input: ChargerProvisioningInput): Promise<string | null>;
}

export const provisioningRecords = proxyLocalActivities<ProvisioningRecords>({
  startToCloseTimeout: '10 seconds',
  retry: UNTIL_IT_WORKS,
});
