import { sql as raw } from 'kysely';

import type { Sql } from '../../persistence/database.js';

export interface MandateRecord {
  readonly mandateId: string;
  readonly status: string;
  readonly ibanLast4: string | null;
  /** portal, or hosted: the provider's page */
  readonly origin: string;
  readonly signedAt: Date;
  readonly activeAt: Date | null;
  readonly endedAt: Date | null;
  /** withdrawn, bank, superseded or lapsed */
  readonly endedBecause: string | null;
  /** The text that was agreed to; null of mandates older than this record. */
  readonly textVersion: string | null;
  readonly text: string | null;
  readonly language: string | null;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  /** The mail that confirmed it. */
  readonly confirmedAt: Date | null;
}

/** A customer's mandates, the newest first, each with the evidence of its signature. */
export async function mandateHistory(sql: Sql, customerId: string): Promise<MandateRecord[]> {
  const rows = await sql
    .selectFrom('mandate')
    .leftJoin('mail', (join) => join.on('mail.key', '=', raw<string>`'mandate/' || mandate.id || '/confirmation'`))
    .where('mandate.customer_id', '=', customerId)
    .orderBy('mandate.created_at', 'desc')
    .orderBy('mandate.id', 'desc')
    .selectAll('mandate')
    .select('mail.sent_at as confirmed_at')
    .execute();
  return rows.map((row) => {
    const { acceptance } = row;
    const shown = partOf(acceptance, 'shown');
    return {
      mandateId: row.id,
      status: row.status,
      ibanLast4: row.iban_last4,
      origin: row.origin,
      signedAt: row.created_at,
      activeAt: row.active_at,
      endedAt: row.inactive_at,
      endedBecause: row.ended_because,
      textVersion: textOf(shown, 'version'),
      text: textOf(shown, 'text'),
      language: textOf(shown, 'language'),
      ipAddress: textOf(acceptance, 'ipAddress'),
      userAgent: textOf(acceptance, 'userAgent'),
      confirmedAt: row.confirmed_at,
    };
  });
}

type Json = Readonly<Record<string, unknown>>;

function textOf(json: Json | null, name: string): string | null {
  const value = json?.[name];
  return typeof value === 'string' ? value : null;
}

function partOf(json: Json, name: string): Json | null {
  const value = json[name];
  return typeof value === 'object' && value !== null ? (value as Json) : null;
}
