import type { Sql } from '#libs/persistence/database.js';

/** A candidate as a person sees it. */
export interface WaitingCharger {
  readonly id: string;
  readonly installationId: string;
  readonly chargerId: string;
  readonly label: string;
  readonly vendor: string | null;
  readonly model: string | null;
  readonly firmware: string | null;
  readonly protocol: string;
  readonly profile: number;
  readonly frames: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
}

/** Who waits for a person; of one installation, or of all. A window bounds how many there are. */
export async function waitingChargers(sql: Sql, installationId: string | null): Promise<WaitingCharger[]> {
  let rows = sql
    .selectFrom('enrolment_candidate')
    .selectAll()
    .where('state', '=', 'waiting')
    .orderBy('id')
    .limit(1_000);
  if (installationId !== null) rows = rows.where('installation_id', '=', installationId);
  return (await rows.execute()).map((row) => ({
    id: row.id,
    installationId: row.installation_id,
    chargerId: row.charger_id,
    label: row.label,
    vendor: row.vendor,
    model: row.model,
    firmware: row.firmware,
    protocol: row.protocol,
    profile: row.profile,
    frames: row.frames,
    firstSeenAt: row.first_seen_at,
    lastSeenAt: row.last_seen_at,
  }));
}

export interface OpenWindow {
  readonly until: Date;
  readonly most: number;
  readonly openedBy: string;
  readonly openedAt: Date;
}

/** Null while none is open. */
export async function windowOf(sql: Sql, installationId: string, now: Date): Promise<OpenWindow | null> {
  const row = await sql
    .selectFrom('enrolment_window')
    .select(['until', 'most', 'opened_by', 'opened_at'])
    .where('installation_id', '=', installationId)
    .where('closed_at', 'is', null)
    .where('until', '>', now)
    .executeTakeFirst();
  return row === undefined
    ? null
    : { until: row.until, most: row.most, openedBy: row.opened_by, openedAt: row.opened_at };
}
