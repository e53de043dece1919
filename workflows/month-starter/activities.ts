import { proxyActivities } from '@temporalio/workflow';

import { UNTIL_IT_WORKS } from '../retry-policies.js';

export interface MonthStarterActivities {
  /** The month before the one the instant (ISO 8601) lies in, in the installation's time zone: yyyy-mm. */
  previousPeriod(installationId: string, at: string): Promise<string>;
}

export const starter = proxyActivities<MonthStarterActivities>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
