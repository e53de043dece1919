import type { Sql } from '#libs/persistence/database.js';
import { shiftPeriod } from '#libs/registry/period.js';
import { policyAt } from '#libs/registry/policy-store.js';
import type { InstallationPolicy } from '#libs/registry/policy.js';

import type { TwiceCounted } from './billing-cycle.entity.js';
import { oddRegisters, type OddRegister, type OddRegisterCode } from './odd-registers.js';
import { ownedChargers } from './owned-chargers.js';

export type AnomalyCode =
  | 'zero-month'
  | 'spike'
  | 'unattributed-energy'
  | 'consumption-without-customer'
  | OddRegisterCode
  | 'counted-twice'
  | 'former-month-differs'
  | 'former-month-not-rated'
  | 'retailer-bill-differs';

/** Why a month waits for a person. `subject`: a customer number, a spot or a charger, or '' for the whole month. */
export interface FoundAnomaly {
  readonly code: AnomalyCode;
  readonly subject: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** How many months before this one are a customer's own past. */
const PAST_MONTHS = 3;

/** What a month's check looks at; energy in Wh. */
export interface MonthFacts {
  readonly policy: InstallationPolicy['anomaly'];
  readonly placements: number;
  readonly importWh: number;
  readonly unattributedWh: number;
  readonly unattributedByCharger: Readonly<Record<string, number>>;
  readonly customers: readonly {
    readonly customerId: string;
    readonly wh: number;
    readonly pastWh: readonly number[];
  }[];
  readonly withoutCustomer: readonly {
    readonly spotName: string | null;
    readonly chargerId: string;
    readonly wh: number;
    readonly cents: number;
  }[];
  readonly oddRegisters: readonly OddRegister[];
  readonly twiceByCharger: Readonly<Record<string, TwiceCounted>>;
}

/** What of a month a person should look at before it is invoiced; pure. */
export function findAnomalies(facts: MonthFacts): FoundAnomaly[] {
  const found: FoundAnomaly[] = [];
  const { policy } = facts;
  if (facts.importWh === 0 && facts.placements > 0) {
    found.push({ code: 'zero-month', subject: '', detail: { placements: facts.placements } });
  }
  for (const { customerId, wh, pastWh } of facts.customers) {
    if (pastWh.length === 0 || wh <= policy.spikeFloorWh) continue;
    const sumWh = pastWh.reduce((sum, month) => sum + month, 0);
    // wh > mean × percent / 100, without dividing
    if (wh * pastWh.length * 100 <= sumWh * policy.spikePercent) continue;
    const detail = {
      wh,
      meanWh: Math.round(sumWh / pastWh.length),
      months: pastWh.length,
      percent: policy.spikePercent,
    };
    found.push({ code: 'spike', subject: customerId, detail });
  }
  if (facts.unattributedWh > policy.unattributedToleranceWh) {
    const detail = {
      wh: facts.unattributedWh,
      toleranceWh: policy.unattributedToleranceWh,
      byCharger: facts.unattributedByCharger,
    };
    found.push({ code: 'unattributed-energy', subject: '', detail });
  }
  for (const { spotName, chargerId, wh, cents } of facts.withoutCustomer) {
    const detail = { wh, cents, chargerId, spotName };
    found.push({ code: 'consumption-without-customer', subject: spotName ?? chargerId, detail });
  }
  for (const { code, ...odd } of facts.oddRegisters) found.push({ code, subject: odd.chargerId, detail: odd });
  for (const [chargerId, twice] of Object.entries(facts.twiceByCharger)) {
    found.push({ code: 'counted-twice', subject: chargerId, detail: { chargerId, ...twice } });
  }
  return found;
}

export interface CycleCheck {
  readonly cycleId: string;
  readonly also?: (sql: Sql, cycleId: string) => Promise<readonly FoundAnomaly[]>;
}

/**
 * Checks a rated cycle, stores what is odd, and returns what no person has accepted yet. Checking again after rating
 * again forgets what no longer holds; an acceptance stays only while its figures are the same. `also`: what later steps
 * find, which rating cannot know.
 */
export async function checkCycle(sql: Sql, { cycleId, also }: CycleCheck): Promise<FoundAnomaly[]> {
  return await sql.transaction().execute(async (trx) => {
    const found = [...findAnomalies(await monthFacts(trx, cycleId)), ...((await also?.(trx, cycleId)) ?? [])];
    const stored = await trx
      .selectFrom('anomaly')
      .select(['id', 'code', 'subject', 'detail', 'accepted_at'])
      .where('cycle_id', '=', cycleId)
      .execute();
    const known = new Map(stored.map((row) => [`${row.code}/${row.subject}`, row]));
    const open: FoundAnomaly[] = [];
    for (const anomaly of found) {
      const key = `${anomaly.code}/${anomaly.subject}`;
      const row = known.get(key);
      known.delete(key);
      if (row !== undefined && isSameDetail(row.detail, anomaly.detail)) {
        if (row.accepted_at === null) open.push(anomaly);
        continue;
      }
      open.push(anomaly);
      await trx
        .insertInto('anomaly')
        .values({ cycle_id: cycleId, ...anomaly })
        .onConflict((conflict) =>
          conflict
            .columns(['cycle_id', 'code', 'subject'])
            .doUpdateSet({ detail: anomaly.detail, accepted_at: null, accepted_by: null }),
        )
        .execute();
    }
    for (const gone of known.values()) await trx.deleteFrom('anomaly').where('id', '=', gone.id).execute();
    return open;
  });
}

/** A person takes responsibility for what was found: all that is open is accepted in their name. */
export async function acceptAnomalies(
  sql: Sql,
  { cycleId, by, now }: { cycleId: string; by: string; now: Date },
): Promise<void> {
  await sql
    .updateTable('anomaly')
    .set({ accepted_at: now, accepted_by: by })
    .where('cycle_id', '=', cycleId)
    .where('accepted_at', 'is', null)
    .execute();
}

/** Equal as JSON, whatever the order of the keys (jsonb orders them anew). */
function isSameDetail(a: unknown, b: unknown): boolean {
  return canonical(a) === canonical(b);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );
}

async function monthFacts(sql: Sql, cycleId: string): Promise<MonthFacts> {
  const cycle = await sql
    .selectFrom('billing_cycle')
    .selectAll()
    .where('id', '=', cycleId)
    .executeTakeFirstOrThrow(() => new Error(`There is no billing cycle ${cycleId}`));
  const { anomaly: policy } = await policyAt(sql, cycle.installation_id, cycle.ends_at);
  const chargers = await ownedChargers(sql, cycle.installation_id, cycle.starts_at, cycle.ends_at);
  const placements = [...chargers.values()].flatMap((charger) => charger.placements);
  const { wh: importWh } = await sql
    .selectFrom('rated_line')
    .select((select) => select.cast<number>(select.fn.coalesce(select.fn.sum('wh'), select.lit(0)), 'bigint').as('wh'))
    .where('cycle_id', '=', cycleId)
    .where('direction', '=', 'import')
    .executeTakeFirstOrThrow();
  return {
    policy,
    placements: placements.filter(({ installationId }) => installationId === cycle.installation_id).length,
    importWh,
    unattributedWh: cycle.unattributed_wh,
    unattributedByCharger: cycle.unattributed_by_charger ?? {},
    twiceByCharger: cycle.twice_by_charger ?? {},
    customers: await customerEnergy(sql, cycle),
    withoutCustomer: await energyWithoutCustomer(sql, cycleId),
    oddRegisters: await oddRegisters(sql, {
      chargerIds: [...chargers.keys()],
      startsAt: cycle.starts_at,
      endsAt: cycle.ends_at,
      upToReadingId: cycle.rated_up_to_reading_id,
      correctedBefore: cycle.inputs_as_of,
    }),
  };
}

/** Each customer's energy this month and in those of the three months before in which they had any. */
async function customerEnergy(sql: Sql, cycle: { id: string; installation_id: string; period: string }) {
  const rows = await sql
    .selectFrom('rated_line as l')
    .innerJoin('billing_cycle as c', 'c.id', 'l.cycle_id')
    .select(['l.customer_id', 'c.id as cycle_id'])
    .select((select) => select.cast<number>(select.fn.sum('l.wh'), 'bigint').as('wh'))
    .where('c.installation_id', '=', cycle.installation_id)
    .where('c.period', '<=', cycle.period)
    .where('c.period', '>=', shiftPeriod(cycle.period, -PAST_MONTHS))
    .where('l.direction', '=', 'import')
    .where('l.customer_id', 'is not', null)
    .groupBy(['l.customer_id', 'c.id'])
    .orderBy('l.customer_id')
    .execute();
  const byCustomer = new Map<string, { wh: number; pastWh: number[] }>();
  for (const { customer_id: customerId, cycle_id: cycleId, wh } of rows) {
    if (customerId === null) continue;
    const energy = byCustomer.get(customerId) ?? { wh: 0, pastWh: [] };
    byCustomer.set(customerId, energy);
    if (cycleId === cycle.id) energy.wh = wh;
    else energy.pastWh.push(wh);
  }
  return [...byCustomer].map(([customerId, { wh, pastWh }]) => ({ customerId, wh, pastWh }));
}

async function energyWithoutCustomer(sql: Sql, cycleId: string) {
  const rows = await sql
    .selectFrom('rated_line as l')
    .leftJoin('spot as s', 's.id', 'l.spot_id')
    .select(['s.name as spotName'])
    .select((select) => [
      select.fn.min('l.charger_id').as('chargerId'),
      select.cast<number>(select.fn.sum('l.wh'), 'bigint').as('wh'),
      select.cast<number>(select.fn.sum('l.cents'), 'bigint').as('cents'),
    ])
    .where('l.cycle_id', '=', cycleId)
    .where('l.customer_id', 'is', null)
    .where('l.direction', '=', 'import')
    .groupBy(['s.name', (group) => group.case().when('s.name', 'is', null).then(group.ref('l.charger_id')).end()])
    .orderBy('s.name')
    .orderBy('chargerId')
    .execute();
  return rows;
}
