import { workflowInfo } from '@temporalio/workflow';

import { now } from '../clock.js';
import { starter } from './activities.js';
import type { MonthStarterInput } from './messages.js';

/**
 * What a Schedule runs on the first of a month: starts the month that has just ended. A month that runs or ran already
 * (started by hand, or the schedule fired twice) is left alone.
 * @returns the workflow id of the month
 */
export async function monthStarter({ installationId }: MonthStarterInput): Promise<string> {
  const period = await starter.previousPeriod(installationId, scheduledAt());
  return starter.startMonth({ installationId, period });
}

/** When the Schedule meant it, however late it runs: after an outage the catch-up must close the same month. */
function scheduledAt(): string {
  const scheduled: unknown = workflowInfo().searchAttributes['TemporalScheduledStartTime']?.[0];
  return scheduled instanceof Date ? scheduled.toISOString() : now();
}
