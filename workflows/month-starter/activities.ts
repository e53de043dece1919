import { proxyActivities } from '@temporalio/workflow';

import type { MonthInput } from '../installation-month/messages.js';
import { UNTIL_IT_WORKS } from '../retry-policies.js';

export interface MonthPeriods {
  /** The month before the one the instant (ISO 8601) lies in, in the installation's time zone: yyyy-mm. */
  previousPeriod(installationId: string, at: string): Promise<string>;
}

export interface MonthStarts {
  /** Starts the month unless it runs or ever ran; its workflow id. */
  startMonth(input: MonthInput): Promise<string>;
}

export const starter = proxyActivities<MonthPeriods & MonthStarts>({
  startToCloseTimeout: '1 minute',
  retry: UNTIL_IT_WORKS,
});
