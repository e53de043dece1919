import { Injectable } from '@nestjs/common';
import { getClient } from '@temporalio/activity';

import { startArrearsOnce, startMonthOnce } from '#temporal/start-workflows.js';
import type { ArrearsInput } from '#workflows/arrears/messages.js';
import type { CollectionStarts } from '#workflows/collection/activities.js';
import type { MonthInput } from '#workflows/installation-month/messages.js';
import type { MonthStarts } from '#workflows/month-starter/activities.js';

/** Workflows that outlive the one that starts them. */
@Injectable()
export class StartActivitiesService implements CollectionStarts, MonthStarts {
  startArrears(input: ArrearsInput): Promise<string> {
    return startArrearsOnce(getClient(), input);
  }

  startMonth(input: MonthInput): Promise<string> {
    return startMonthOnce(getClient(), input);
  }
}
