import type { ArrearsActivities, ArrearsRecords } from './arrears/activities.js';
import type { CommandRecords } from './charger-command/activities.js';
import type { ProvisioningRecords } from './charger-provisioning/activities.js';
import type { CollectionPageActivities } from './collection-page/activities.js';
import type { CollectionActivities, CollectionRecords, CollectionStarts } from './collection/activities.js';
import type { StripeActivities as DebitActivities } from './debit/activities.js';
import type {
  LongMonthActivities,
  MailActivities,
  MonthActivities,
  MonthRecords,
} from './installation-month/activities.js';
import type { MonthPeriods, MonthStarts } from './month-starter/activities.js';
import type { TopUpEnds, TopUpRecords, TopUpStripeActivities } from './prepaid-top-up/activities.js';
import type { PrepaidWatchActivities } from './prepaid-watch/activities.js';

/** Everything a worker on the queue `chazemo` must implement, by name. */
export type Activities = MonthActivities &
  LongMonthActivities &
  MonthRecords &
  MailActivities &
  CollectionPageActivities &
  CollectionActivities &
  CollectionRecords &
  ArrearsActivities &
  ArrearsRecords &
  CollectionStarts &
  MonthPeriods &
  MonthStarts &
  TopUpRecords &
  TopUpEnds &
  PrepaidWatchActivities &
  CommandRecords &
  ProvisioningRecords;

/** ... and on the queue `chazemo-stripe`. */
export type StripeActivities = DebitActivities & TopUpStripeActivities;
