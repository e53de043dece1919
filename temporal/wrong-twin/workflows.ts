import { proxyActivities, sleep } from '@temporalio/workflow';

import type { MonthActivities } from '#workflows/installation-month/activities.js';
import type { MonthInput } from '#workflows/installation-month/messages.js';

const month = proxyActivities<MonthActivities>({ startToCloseTimeout: '1 minute' });

/**
 * The wrong twin: what somebody might make of the month without a patch. It sleeps before it opens the month, so that
 * the histories of running months no longer fit; replay.test.ts must notice.
 */
export async function installationMonth(input: MonthInput): Promise<void> {
  await sleep('1 minute');
  await month.openMonth(input);
}
