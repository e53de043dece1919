import type { Sql } from '#libs/persistence/database.js';

const SHOWN = 20;

export interface SecurityEvent {
  /** `refused`: the gateway turned somebody away who called himself this charger; `told`: the charger says so. */
  readonly source: 'refused' | 'told';
  /** A reason of libs/ocpp/handshake.ts, or OCPP's own word (security white paper, appendix: FirmwareUpdated, …). */
  readonly code: string;
  /** The last time, when there were several that day. */
  readonly at: Date;
  readonly times: number;
  readonly detail: string | null;
}

/** What was noted of a charger, newest first. */
export async function securityEvents(sql: Sql, chargerId: string, label: string): Promise<SecurityEvent[]> {
  const names = [...new Set([chargerId, chargerId.toUpperCase(), label])];
  const [refusals, notices] = await Promise.all([
    sql
      .selectFrom('connection_refusal')
      .select(['reason', 'times', 'last_at'])
      .where('charge_point_id', 'in', names)
      .orderBy('last_at', 'desc')
      .limit(SHOWN)
      .execute(),
    sql
      .selectFrom('ocpp_message')
      .select(['received_at', 'payload'])
      .where('charger_id', '=', chargerId)
      .where('action', '=', 'SecurityEventNotification')
      .orderBy('id', 'desc')
      .limit(SHOWN)
      .execute(),
  ]);
  const refused = refusals.map(({ reason, times, last_at: at }): SecurityEvent => {
    return { source: 'refused', code: reason, at, times, detail: null };
  });
  const told = notices.map(({ received_at: at, payload }): SecurityEvent => {
    const { type, techInfo } = payload;
    const detail = typeof techInfo === 'string' ? techInfo : null;
    return { source: 'told', code: typeof type === 'string' ? type : '', at, times: 1, detail };
  });
  return [...refused, ...told].toSorted((a, b) => b.at.getTime() - a.at.getTime()).slice(0, SHOWN);
}
