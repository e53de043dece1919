import { sql as raw } from 'kysely';

import type { TenantScope } from '#libs/identity/permissions.js';
import { lastCorrection } from '#libs/metering/correct-reading.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Reading } from './api-types.js';
import { within } from './scope-sql.js';

interface ReadingRow {
  readonly id: number;
  readonly installation_id: string;
  readonly charger_id: string;
  readonly label: string;
  readonly connector_id: number;
  readonly transaction_id: number | null;
  readonly at: Date;
  readonly import_wh: number;
}

/** A meter reading and the last word on it, or null when there is none such within the scope. */
export async function readingById(sql: Sql, scope: TenantScope, id: number): Promise<Reading | null> {
  const visible = within(scope, { condominium: 'installation.condominium_id', customer: null });
  const { rows } = await raw<ReadingRow>`
    select reading.id, charger.installation_id, reading.charger_id, charger.label, reading.connector_id,
      reading.transaction_id, reading.at, reading.import_wh
    from meter_reading reading
    join charger on charger.id = reading.charger_id
    join installation on installation.id = charger.installation_id
    where reading.id = ${id} and ${visible}`.execute(sql);
  const [row] = rows;
  if (row === undefined) return null;
  const correction = await lastCorrection(sql, id);
  return {
    readingId: row.id,
    installationId: row.installation_id,
    chargerId: row.charger_id,
    chargerLabel: row.label,
    connectorId: row.connector_id,
    transactionId: row.transaction_id,
    at: row.at.toISOString(),
    registerWh: row.import_wh,
    isDisregarded: correction?.kind === 'disregard',
    correction: correction === null ? null : { ...correction, at: correction.at.toISOString() },
  };
}
