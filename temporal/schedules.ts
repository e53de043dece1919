import { ScheduleNotFoundError, ScheduleOverlapPolicy, type Client, type ScheduleOptions } from '@temporalio/client';

import type { Sql } from '#libs/persistence/database.js';
import { policyAt } from '#libs/registry/policy-store.js';
import { monthStarterWorkflowId } from '#workflows/month-starter/messages.js';
import { PREPAID_SWEEP_ID } from '#workflows/prepaid-watch/messages.js';
import { TASK_QUEUE } from '#workflows/task-queues.js';

/** Portugal's last hour change at night is over by then; policy refuses an earlier time, and so do we. */
const EARLIEST_HOUR = 4;

export const scheduleId = (installationId: string): string => `close-${installationId}`;

export interface InstallationSchedule {
  readonly installationId: string;
  readonly timeZone: string;
  /** HH:mm, local */
  readonly closeAtLocalTime: string;
}

/**
 * The Schedule of one installation: on the first of each month at its local time, never between 00:00 and 04:00, when
 * clocks change: a literal time there may fire twice or not at all. Missed ones are caught up for a month.
 */
export function closeSchedule({ installationId, timeZone, closeAtLocalTime }: InstallationSchedule): ScheduleOptions {
  const [hour, minute] = closeAtLocalTime.split(':').map(Number);
  if (hour === undefined || minute === undefined || !(hour >= EARLIEST_HOUR)) {
    throw new RangeError(`${installationId} closes at ${closeAtLocalTime}: a Schedule may run from 04:00 local on`);
  }
  return {
    scheduleId: scheduleId(installationId),
    spec: {
      calendars: [{ dayOfMonth: 1, hour, minute, comment: `the month of ${installationId} has ended` }],
      timezone: timeZone,
      jitter: '10 minutes',
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '31 days', pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: 'monthStarter',
      workflowId: monthStarterWorkflowId(installationId),
      taskQueue: TASK_QUEUE,
      args: [{ installationId }],
    },
  };
}

/**
 * One Schedule per installation, created or brought up to date. A Schedule that a person paused stays paused.
 * @returns the ids of those created and those changed
 */
export async function ensureSchedules(
  client: Client,
  sql: Sql,
  now: Date,
): Promise<{ readonly created: string[]; readonly changed: string[] }> {
  const created: string[] = [];
  const changed: string[] = [];
  const installations = await sql.selectFrom('installation').select(['id', 'time_zone']).orderBy('id').execute();
  for (const { id, time_zone: timeZone } of installations) {
    const { closeAtLocalTime } = await policyAt(sql, id, now);
    const made = await ensureSchedule(client, { installationId: id, timeZone, closeAtLocalTime });
    if (made === 'created') created.push(scheduleId(id));
    if (made === 'changed') changed.push(scheduleId(id));
  }
  return { created, changed };
}

async function ensureSchedule(
  client: Client,
  installation: InstallationSchedule,
): Promise<'created' | 'changed' | 'same'> {
  const wanted = closeSchedule(installation);
  const handle = client.schedule.getHandle(wanted.scheduleId);
  try {
    const { spec } = await handle.describe();
    const calendar = spec.calendars?.[0];
    const closesAt = clockText(calendar?.hour[0]?.start, calendar?.minute[0]?.start);
    const isSame = spec.timezone === installation.timeZone && closesAt === installation.closeAtLocalTime;
    if (isSame) return 'same';
    await handle.update((known) => ({ ...known, spec: wanted.spec }));
    return 'changed';
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    await client.schedule.create(wanted);
    return 'created';
  }
}

function clockText(hour = 0, minute = 0): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** Every hour all prepaid accounts are looked at; made once, and left as people set it. True when it was made now. */
export async function ensurePrepaidSweep(client: Client): Promise<boolean> {
  try {
    await client.schedule.getHandle(PREPAID_SWEEP_ID).describe();
    return false;
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
  }
  await client.schedule.create({
    scheduleId: PREPAID_SWEEP_ID,
    spec: { intervals: [{ every: '1 hour' }], jitter: '5 minutes' },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '10 minutes', pauseOnFailure: false },
    action: {
      type: 'startWorkflow',
      workflowType: 'prepaidSweep',
      workflowId: PREPAID_SWEEP_ID,
      taskQueue: TASK_QUEUE,
      args: [{ after: null }],
    },
  });
  return true;
}
