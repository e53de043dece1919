import { Inject, Injectable } from '@nestjs/common';
import { sql as raw } from 'kysely';

import { calculateMonth } from '#libs/imputation/calculate-month.js';
import { billAnomalies } from '#libs/imputation/compare-bill.js';
import { refusalDetail } from '#libs/imputation/refusal-detail.js';
import {
  formerMonthAnomalies,
  proposeForFormerMonths,
  refusedMonthAnomaly,
} from '#libs/invoicing/propose-adjustments.js';
import { chargersOwingReadings } from '#libs/metering/chargers-owing-readings.js';
import { isIssuedAgain } from '#libs/payments/reissue-invoice.js';
import type { Sql } from '#libs/persistence/database.js';
import { acceptAnomalies, checkCycle, type FoundAnomaly } from '#libs/rating/anomalies.js';
import { closeCycle, openCycle, recordCycleProgress } from '#libs/rating/cycle.js';
import { afterDelay } from '#libs/registry/delay.js';
import { holidaysFor } from '#libs/registry/holiday-store.js';
import { localDate, shiftPeriod } from '#libs/registry/period.js';
import { policyAt } from '#libs/registry/policy-store.js';
import type {
  LongMonthActivities,
  MonthActivities,
  MonthRecords,
  OpenedMonth,
  ReadingsLook,
} from '#workflows/installation-month/activities.js';
import { monthWorkflowId, type MonthInput } from '#workflows/installation-month/messages.js';
import type { MonthPeriods } from '#workflows/month-starter/activities.js';
import type { Refused } from '#workflows/refusal.js';

import { activityNow, beating } from './activity-clock.js';
import { nextLook } from './next-look.js';
import { SQL } from './resources.js';

type Activities = MonthActivities & MonthRecords & MonthPeriods & Pick<LongMonthActivities, 'rateMonth' | 'checkMonth'>;

/** The month from its opening to its approval, and its place in the database. */
@Injectable()
export class MonthActivitiesService implements Activities {
  readonly #sql: Sql;

  constructor(@Inject(SQL) sql: Sql) {
    this.#sql = sql;
  }

  async openMonth(input: MonthInput): Promise<OpenedMonth | Refused> {
    const { installationId } = input;
    const found = await this.#sql.selectFrom('installation').select('id').where('id', '=', installationId).execute();
    if (found.length === 0) return { refused: { code: 'INSTALLATION.NOT_FOUND', detail: installationId } };
    const order = { ...input, workflowId: monthWorkflowId(input), now: activityNow() };
    const { cycleId, endsAt } = await openCycle(this.#sql, order);
    const { outcome } = await this.#cycle(cycleId);
    const document = await this.#sql
      .selectFrom('fiscal_document')
      .select('id')
      .where('cycle_id', '=', cycleId)
      .limit(1)
      .executeTakeFirst();
    return {
      cycleId,
      endsAt: endsAt.toISOString(),
      invoiced: document !== undefined,
      finished: outcome !== null && outcome !== 'cancelled',
    };
  }

  async lookForReadings(cycleId: string, waitingSince: string): Promise<ReadingsLook> {
    const now = activityNow();
    const { installation_id: installationId, ends_at: endsAt } = await this.#cycle(cycleId);
    const owing = await chargersOwingReadings(this.#sql, { installationId, endsAt });
    const policy = await policyAt(this.#sql, installationId, endsAt);
    const timeZone = await this.#timeZone(installationId);
    const holidays = await holidaysFor(this.#sql, installationId);
    const since = new Date(Math.max(endsAt.getTime(), Date.parse(waitingSince)));
    const limitAt = afterDelay(since, policy.lateReadingsLimit, timeZone, holidays);
    const pollAt = afterDelay(now, policy.lateReadingsPoll, timeZone, holidays);
    const lookAgainAt = nextLook({ now, since, limitAt, pollAt })?.toISOString() ?? null;
    return { owing: owing.map(({ chargerId }) => chargerId), lookAgainAt };
  }

  async closeMonth(cycleId: string): Promise<void> {
    await closeCycle(this.#sql, { cycleId, now: activityNow() });
  }

  rateMonth(cycleId: string): Promise<{ lines: number; totalWh: number } | Refused> {
    return beating(async () => {
      const calculated = await calculateMonth(this.#sql, { cycleId, now: activityNow() });
      if ('ok' in calculated) return { lines: calculated.ok.lines, totalWh: calculated.ok.totalWh };
      const { installation_id: installationId } = await this.#cycle(cycleId);
      const detail = refusalDetail(calculated.refused, await this.#timeZone(installationId));
      return { refused: { code: calculated.refused.code, detail } };
    });
  }

  checkMonth(cycleId: string): Promise<{ codes: string[]; count: number }> {
    return beating(async () => {
      const refused = await proposeForFormerMonths(this.#sql, { cycleId, now: activityNow() });
      const also = async (sql: Sql) => [...(await laterFindings(sql, cycleId)), ...refused.map(refusedMonthAnomaly)];
      const open = await checkCycle(this.#sql, { cycleId, also });
      return { codes: [...new Set(open.map(({ code }) => code))].sort(), count: open.length };
    });
  }

  async acceptAnomalies(cycleId: string, by: string): Promise<void> {
    await acceptAnomalies(this.#sql, { cycleId, by, now: activityNow() });
  }

  async listOpenCollections(cycleId: string, after: string | null, limit: number): Promise<string[]> {
    let open = this.#sql
      .selectFrom('collection')
      .select('document_id')
      .where('cycle_id', '=', cycleId)
      .where('outcome', 'is', null);
    if (after !== null) open = open.where('document_id', '>', after);
    const rows = await open.orderBy('document_id').limit(limit).execute();
    return rows.map((row) => row.document_id);
  }

  /** An invoice that was issued again after the others goes its own way: the month does not wait for it. */
  async countCollections(cycleId: string) {
    const rows = await this.#sql
      .selectFrom('collection')
      .where('cycle_id', '=', cycleId)
      .where(raw<boolean>`(collection.outcome is not null or not exists (select from fiscal_document document
        where document.id = collection.document_id and ${isIssuedAgain(raw`document`)}))`)
      .groupBy('outcome')
      .select(['outcome', (eb) => eb.fn.countAll<number>().as('count')])
      .execute();
    const count = (outcome: string | null) => Number(rows.find((row) => row.outcome === outcome)?.count ?? 0);
    return {
      settled: count('settled'),
      arrears: count('arrears'),
      cancelled: count('cancelled'),
      open: count(null),
    };
  }

  async recordMonth(cycleId: string, progress: Parameters<MonthRecords['recordMonth']>[1]): Promise<void> {
    const { since, finishedAt, ...rest } = progress;
    await recordCycleProgress(this.#sql, cycleId, {
      ...rest,
      since: new Date(since),
      finishedAt: finishedAt === null ? null : new Date(finishedAt),
    });
  }

  async previousPeriod(installationId: string, at: string): Promise<string> {
    const timeZone = await this.#timeZone(installationId);
    return shiftPeriod(localDate(new Date(at), timeZone).slice(0, 7), -1);
  }

  #cycle(cycleId: string) {
    return this.#sql
      .selectFrom('billing_cycle')
      .select(['installation_id', 'ends_at', 'outcome'])
      .where('id', '=', cycleId)
      .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
  }

  async #timeZone(installationId: string): Promise<string> {
    const { time_zone: timeZone } = await this.#sql
      .selectFrom('installation')
      .select('time_zone')
      .where('id', '=', installationId)
      .executeTakeFirstOrThrow(() => new Error(`There is no installation ${installationId}`));
    return timeZone;
  }
}

/** What the steps after rating find in a month: its retailer's bill, and former months that differ from what was billed. */
async function laterFindings(sql: Sql, cycleId: string): Promise<readonly FoundAnomaly[]> {
  return [...(await billAnomalies(sql, cycleId)), ...(await formerMonthAnomalies(sql, cycleId))];
}
