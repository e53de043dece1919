import { Injectable } from '@nestjs/common';
import { getClient } from '@temporalio/activity';

import { lookAtPrepaidAccount, startArrearsOnce, startMonthOnce, startTopUpOnce } from '#temporal/start-workflows.js';
import type { ArrearsInput } from '#workflows/arrears/messages.js';
import type { CollectionStarts } from '#workflows/collection/activities.js';
import type { MonthInput } from '#workflows/installation-month/messages.js';
import type { MonthStarts } from '#workflows/month-starter/activities.js';
import type { TopUpEnds } from '#workflows/prepaid-top-up/activities.js';
import type { PrepaidWatchActivities } from '#workflows/prepaid-watch/activities.js';

/** Workflows that outlive the one that starts them. */
@Injectable()
export class StartActivitiesService
  implements CollectionStarts, MonthStarts, TopUpEnds, Pick<PrepaidWatchActivities, 'startTopUpWorkflow'>
{
  startArrears(input: ArrearsInput): Promise<string> {
    return startArrearsOnce(getClient(), input);
  }

  startMonth(input: MonthInput): Promise<string> {
    return startMonthOnce(getClient(), input);
  }

  startPrepaidWatch(customerId: string): Promise<string> {
    return lookAtPrepaidAccount(getClient(), customerId);
  }

  startTopUpWorkflow(orderId: string): Promise<string> {
    return startTopUpOnce(getClient(), orderId);
  }
}
