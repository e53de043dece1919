import { sql } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import type { ConnectorChange } from './facts.js';

interface Seen {
  readonly installationId: string;
  readonly at: Date;
  readonly online: boolean;
}

export interface LiveStateOptions {
  /** How long is gathered at least before it is written; 200 ms when not given. */
  readonly intervalMs?: number;
  /** Whose sockets are meant: a charger that has one at another gateway stays online when it leaves this one. */
  readonly gateway?: string;
  readonly onError?: (error: unknown) => void;
}

const LEAST_PAUSE_MS = 200;
/** However busy the database: who looks at a charger, or shares its current, waits no longer. */
const MOST_PAUSE_MS = 1_000;
/** So many times what the last writing took: it has a twentieth of the database's time at most, messages have the rest. */
const PAUSE_OF_WRITING = 19;

/**
 * The live state of connectors and chargers, gathered and written every moment in one statement: hundreds of meter
 * values a second become one row per connector, and the busier the database, the longer it is gathered, up to a
 * second. What cannot be written now is kept for the next time; it never holds a message back.
 */
export class LiveState {
  private connectors = new Map<string, { chargerId: string; at: Date; change: ConnectorChange }>();
  private chargers = new Map<string, Seen>();
  private touched = new Map<string, string>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();
  private pauseMs: number;

  constructor(
    private readonly db: Sql,
    private readonly options: LiveStateOptions = {},
  ) {
    this.pauseMs = this.leastPauseMs;
  }

  /** A message of the charger was recorded. */
  heard(chargerId: string, installationId: string, at: Date, changes: readonly ConnectorChange[]): void {
    this.note(chargerId, { installationId, at, online: true }, changes.length > 0);
    for (const change of changes) {
      const key = `${chargerId}/${change.connectorId}`;
      this.connectors.set(key, { chargerId, at, change: joinChanges(this.connectors.get(key)?.change, change) });
    }
  }

  /** The charger came or went. */
  connection(chargerId: string, installationId: string, at: Date, online: boolean): void {
    this.note(chargerId, { installationId, at, online }, true);
  }

  /** The socket is alive though the charger says nothing. */
  alive(chargerId: string, installationId: string, at: Date): void {
    this.note(chargerId, { installationId, at, online: true }, false);
  }

  /** Writes everything gathered so far; resolves when it is written or failed (then it is kept). */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.writing = this.writing.then(() => this.write());
    return this.writing;
  }

  private note(chargerId: string, seen: Seen, tell: boolean): void {
    this.chargers.set(chargerId, seen);
    if (tell) this.touched.set(chargerId, seen.installationId);
    this.timer ??= setTimeout(() => void this.flush(), this.pauseMs);
  }

  private get leastPauseMs(): number {
    return this.options.intervalMs ?? LEAST_PAUSE_MS;
  }

  private async write(): Promise<void> {
    const { connectors, chargers, touched } = this;
    if (chargers.size === 0) return;
    this.connectors = new Map();
    this.chargers = new Map();
    this.touched = new Map();
    const startedAt = performance.now();
    try {
      await this.db.transaction().execute(async (trx) => {
        await writeConnectors(trx, [...connectors.values()]);
        await writeChargers(trx, chargers, this.options.gateway ?? null);
        await tellLive(trx, touched);
      });
      const tookMs = performance.now() - startedAt;
      this.pauseMs = Math.max(this.leastPauseMs, Math.min(MOST_PAUSE_MS, PAUSE_OF_WRITING * tookMs));
    } catch (error) {
      this.options.onError?.(error);
      this.keep(connectors, chargers, touched);
    }
  }

  /** Puts back what was not written, under what came since. */
  private keep(connectors: typeof this.connectors, chargers: typeof this.chargers, touched: typeof this.touched): void {
    for (const [key, older] of connectors) {
      const newer = this.connectors.get(key);
      this.connectors.set(
        key,
        newer === undefined ? older : { ...newer, change: joinChanges(older.change, newer.change) },
      );
    }
    this.chargers = new Map([...chargers, ...this.chargers]);
    this.touched = new Map([...touched, ...this.touched]);
    this.timer ??= setTimeout(() => void this.flush(), 1_000);
  }
}

/** States of a connector in use, each of which says more than that it is occupied. */
const IN_USE: readonly string[] = ['Preparing', 'Charging', 'SuspendedEV', 'SuspendedEVSE', 'Finishing'];

/** The newer holds, but for a vague status on a connector that is known to be in use. */
function joinChanges(older: ConnectorChange | undefined, newer: ConnectorChange): ConnectorChange {
  const joined = { ...(older === undefined ? {} : stillMeasured(older, newer)), ...newer };
  if (older?.status === undefined || newer.status === undefined) return joined;
  const holds = newer.isVague !== true || !IN_USE.includes(older.status);
  const { status, isVague = false } = holds ? newer : older;
  return { ...joined, status: status ?? newer.status, isVague };
}

/** Currents are of their own reading: one of the power alone, or of another session, does not make them new. */
function stillMeasured(older: ConnectorChange, newer: ConnectorChange): ConnectorChange {
  const isOther = newer.transactionId !== undefined && newer.transactionId !== older.transactionId;
  if (newer.powerW === undefined && !isOther) return older;
  const { perConductorDeciA: _, ...rest } = older;
  return rest;
}

async function writeConnectors(
  trx: Sql,
  connectors: readonly { chargerId: string; at: Date; change: ConnectorChange }[],
): Promise<void> {
  if (connectors.length === 0) return;
  const values = connectors.map(({ chargerId, at, change }) => ({
    charger: chargerId,
    connector: change.connectorId,
    at,
    change,
  }));
  await sql`
    insert into connector_state (charger_id, connector_id, status, error_code, power_w, offered_w, transaction_id,
      import_wh, l1_deci_a, l2_deci_a, l3_deci_a, measured_at, updated_at)
    select r.charger, r.connector,
      case when (r.change ->> 'isVague')::boolean and s.status = any (${IN_USE}::text[]) then s.status
        else coalesce(r.change ->> 'status', s.status, 'Unknown') end,
      coalesce(r.change ->> 'errorCode', s.error_code),
      coalesce((r.change ->> 'powerW')::int, s.power_w),
      coalesce((r.change ->> 'offeredW')::int, s.offered_w),
      case when r.change ? 'transactionId' then (r.change ->> 'transactionId')::int else s.transaction_id end,
      coalesce((r.change ->> 'importWh')::bigint, s.import_wh),
      coalesce((r.change #>> '{perConductorDeciA,0}')::int, case when still.measured then s.l1_deci_a end),
      coalesce((r.change #>> '{perConductorDeciA,1}')::int, case when still.measured then s.l2_deci_a end),
      coalesce((r.change #>> '{perConductorDeciA,2}')::int, case when still.measured then s.l3_deci_a end),
      case when r.change ?| array['powerW', 'perConductorDeciA'] then r.at else s.measured_at end,
      r.at
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb)
      as r(charger text, connector int, at timestamptz, change jsonb)
    left join connector_state s on s.charger_id = r.charger and s.connector_id = r.connector
    cross join lateral (select not r.change ? 'powerW' and (not r.change ? 'transactionId'
      or (r.change ->> 'transactionId')::int is not distinct from s.transaction_id) as measured) still
    on conflict (charger_id, connector_id) do update set status = excluded.status, error_code = excluded.error_code,
      power_w = excluded.power_w, offered_w = excluded.offered_w, transaction_id = excluded.transaction_id,
      import_wh = excluded.import_wh, l1_deci_a = excluded.l1_deci_a, l2_deci_a = excluded.l2_deci_a,
      l3_deci_a = excluded.l3_deci_a, measured_at = excluded.measured_at, updated_at = excluded.updated_at`.execute(
    trx,
  );
}

async function writeChargers(trx: Sql, chargers: ReadonlyMap<string, Seen>, gateway: string | null): Promise<void> {
  const values = [...chargers].map(([charger, { at, online }]) => ({ charger, at, online }));
  await sql`
    update charger c set online = r.online or exists (
        select from charger_connection other where other.charger_id = c.id and other.gateway <> ${gateway}),
      last_seen_at = greatest(c.last_seen_at, r.at)
    from jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as r(charger text, at timestamptz, online boolean)
    where c.id = r.charger`.execute(trx);
}

/** One notice per charger; the back office passes it to whoever looks at the installation. */
async function tellLive(trx: Sql, touched: ReadonlyMap<string, string>): Promise<void> {
  if (touched.size === 0) return;
  const notices = [...touched].map(([id, installation]) => JSON.stringify({ topic: 'charger', installation, id }));
  await sql`select pg_notify('live', notice) from unnest(${notices}::text[]) notice`.execute(trx);
}

/** Marks chargers offline that no gateway has seen alive for a while: what a gateway that was killed left behind. */
export async function forgetSilentChargers(db: Sql, silentSince: Date): Promise<number> {
  const result = await db
    .updateTable('charger')
    .set({ online: false })
    .where('online', '=', true)
    .where((or) => or.or([or('last_seen_at', 'is', null), or('last_seen_at', '<', silentSince)]))
    .executeTakeFirst();
  return Number(result.numUpdatedRows);
}
