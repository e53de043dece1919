import { ingest } from '#libs/metering/ingest.js';
import type { Protocol } from '#libs/ocpp/messages.js';
import { PARSERS } from '#libs/ocpp/parsers.js';
import type { Sql } from '#libs/persistence/database.js';

export interface ToldMessage {
  /** `ocpp1.6` when not given. */
  readonly protocol?: Protocol;
  readonly chargerId: string;
  readonly messageId: string;
  readonly action: string;
  readonly payload: Record<string, unknown>;
  readonly receivedAt: Date;
}

/** A charger's call as the gateway takes it. */
export async function ingestCall(sql: Sql, told: ToldMessage): ReturnType<typeof ingest> {
  const { protocol = 'ocpp1.6', action, payload } = told;
  const message = PARSERS.get(protocol)?.parse(action, payload, false) ?? null;
  if (message === null) throw new Error(`${action} is no call`);
  return ingest(sql, { ...told, protocol, message });
}
