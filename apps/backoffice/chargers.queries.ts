import { z } from 'zod';

import { followUpOf } from '#libs/commands/command-follow-up.js';
import { commandById, commandsOf, type ShownCommand } from '#libs/commands/command-history.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Charger, ChargerCommand, ChargerCommandDetail, Page } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

interface Query {
  readonly limit: number;
  readonly cursor?: string | undefined;
}

const chargerRows = (sql: Sql, scope: TenantScope) =>
  sql
    .selectFrom('charger')
    .innerJoin('installation', 'installation.id', 'charger.installation_id')
    .leftJoin('charger_connection as live', 'live.charger_id', 'charger.id')
    .select([
      'charger.id',
      'charger.label',
      'charger.installation_id',
      'installation.name',
      'installation.time_zone',
      'charger.vendor',
      'charger.model',
      'charger.firmware',
      'charger.online',
      'charger.last_seen_at',
      'live.gateway',
      'live.protocol',
      'live.since',
    ])
    .where(within(scope, { condominium: 'installation.condominium_id', customer: null }))
    .orderBy('charger.id');

type Row = Awaited<ReturnType<ReturnType<typeof chargerRows>['execute']>>[number];

function chargerOf(row: Row): Charger {
  const { gateway, protocol, since } = row;
  const connection =
    gateway === null || protocol === null || since === null ? null : { gateway, protocol, since: since.toISOString() };
  return {
    id: row.id,
    label: row.label,
    installationId: row.installation_id,
    installationName: row.name,
    timeZone: row.time_zone,
    vendor: row.vendor,
    model: row.model,
    firmware: row.firmware,
    online: row.online,
    lastSeenAt: row.last_seen_at?.toISOString() ?? null,
    connection,
  };
}

/** By id; of one installation, or of all that may be seen. */
export async function chargers(
  sql: Sql,
  scope: TenantScope,
  query: Query & { readonly installation?: string | undefined },
): Promise<Page<Charger>> {
  const after = decodeCursor(query.cursor, z.tuple([z.string()]));
  let rows = chargerRows(sql, scope).limit(query.limit + 1);
  if (query.installation !== undefined) rows = rows.where('charger.installation_id', '=', query.installation);
  if (after !== null) rows = rows.where('charger.id', '>', after[0]);
  return pageOf(await rows.execute(), query.limit, (row) => [row.id], chargerOf);
}

export async function chargerById(sql: Sql, scope: TenantScope, id: string): Promise<Charger | null> {
  const row = await chargerRows(sql, scope).where('charger.id', '=', id).executeTakeFirst();
  return row === undefined ? null : chargerOf(row);
}

export function commandOf(command: ShownCommand): ChargerCommand {
  const iso = (at: Date | null): string | null => at?.toISOString() ?? null;
  return {
    ...command,
    askedAt: command.askedAt.toISOString(),
    expiresAt: command.expiresAt.toISOString(),
    sentAt: iso(command.sentAt),
    answeredAt: iso(command.answeredAt),
    endedAt: iso(command.endedAt),
  };
}

/** Newest first. The caller has made sure that the charger may be seen. */
export async function chargerCommands(sql: Sql, chargerId: string, query: Query): Promise<Page<ChargerCommand>> {
  const after = decodeCursor(query.cursor, z.tuple([z.uuid()]));
  const before = after === null ? {} : { before: after[0] };
  const rows = await commandsOf(sql, { chargerId, limit: query.limit + 1, ...before });
  return pageOf(rows, query.limit, (row) => [row.id], commandOf);
}

/** One command, with what the charger has told about it since. */
export async function chargerCommand(sql: Sql, chargerId: string, id: string): Promise<ChargerCommandDetail | null> {
  const found = await commandById(sql, id);
  if (found === null || found.chargerId !== chargerId) return null;
  const told = await followUpOf(sql, found);
  const progress = told?.progress.map(({ at, status }) => ({ at: at.toISOString(), status })) ?? [];
  const report =
    told === null || told.report === null
      ? null
      : { ...told.report, variables: [...told.report.variables], items: [...told.report.items] };
  return { ...commandOf(found), followUp: told === null ? null : { progress, report } };
}
