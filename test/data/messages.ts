import { ingest } from '#libs/metering/ingest.js';
import { parse16 } from '#libs/ocpp/parse-16.js';
import type { Sql } from '#libs/persistence/database.js';

export interface ToldMessage {
  readonly chargerId: string;
  readonly messageId: string;
  readonly action: string;
  readonly payload: Record<string, unknown>;
  readonly receivedAt: Date;
}

/** A charger's call as the gateway takes it. */
export async function ingestCall(sql: Sql, told: ToldMessage): ReturnType<typeof ingest> {
  const message = parse16(told.action, told.payload);
  if (message === null) throw new Error(`${told.action} is no call`);
  return ingest(sql, { ...told, protocol: 'ocpp1.6', message });
}
