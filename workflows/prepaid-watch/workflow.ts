import { continueAsNew, setHandler } from '@temporalio/workflow';

import { mail } from '../installation-month/activities.js';
import { orRefused } from '../refusal.js';
import { prepaidWatchActivities, type AccountsLooked } from './activities.js';
import { accountMovedSignal, type PrepaidSweepInput, type PrepaidWatchInput } from './messages.js';

/** So many pages of accounts in one history. */
const PAGES = 10;

/** Looks at every prepaid account, a page at a time: what is low, at its floor, to be topped up, or left behind. */
export async function prepaidSweep({ after }: PrepaidSweepInput): Promise<void> {
  let next = after;
  for (let page = 0; page < PAGES; page += 1) {
    const looked = await prepaidWatchActivities.lookAtAccounts(next);
    await follow(looked);
    if (looked.next === null) return;
    next = looked.next;
  }
  await continueAsNew<typeof prepaidSweep>({ after: next });
}

/** Looks at one account because something happened; what happens meanwhile makes it look again. */
export async function prepaidWatch({ customerId }: PrepaidWatchInput): Promise<void> {
  let moved = false;
  setHandler(accountMovedSignal, () => {
    moved = true;
  });
  do {
    moved = false;
    await follow(await prepaidWatchActivities.lookAtAccount(customerId));
  } while (moved);
}

/** What cannot be done now is found by the next sweep. */
async function follow({ mailIds, topUpOrderIds }: AccountsLooked): Promise<void> {
  for (const orderId of topUpOrderIds) await orRefused(() => prepaidWatchActivities.startTopUpWorkflow(orderId));
  for (const mailId of mailIds) await orRefused(() => mail.sendMail(mailId));
}
