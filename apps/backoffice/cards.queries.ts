import { sql as raw } from 'kysely';
import { z } from 'zod';

import type { ListStateName } from '#libs/commands/local-list/list-states.js';
import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';
import type { TokenKind } from '#libs/registry/token-kinds.js';

import type { Card, CardState, LocalList, Page } from './api-types.js';
import { containing } from './containing.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

export interface CardFilter {
  readonly installationId?: string | undefined;
  readonly customerId?: string | undefined;
  readonly tokenId?: string | undefined;
  readonly q?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

interface CardRow {
  readonly id: string;
  readonly installation_id: string;
  readonly time_zone: string;
  readonly id_tag: string;
  readonly kind: TokenKind;
  readonly state: CardState;
  readonly customer_id: string | null;
  readonly customer_name: string | null;
  readonly group_tag: string | null;
  readonly valid_from: Date | null;
  readonly expires_at: Date | null;
  readonly block_reason: string | null;
  readonly blocked_by: string | null;
  readonly blocked_at: Date | null;
  readonly spots: Card['spots'];
}

/** Cards by their number; `q` looks into number, group, and name and number of the customer. */
export async function cards(sql: Sql, scope: TenantScope, filter: CardFilter, now: Date): Promise<Page<Card>> {
  const after = decodeCursor(filter.cursor, z.tuple([z.string(), z.uuid()]));
  const { installationId, customerId, tokenId, q = '' } = filter;
  const pattern = containing(q);
  const { rows } = await raw<CardRow>`
    select token.id, token.installation_id, installation.time_zone, token.id_tag, token.kind, token.customer_id,
      customer.name as customer_name, token.group_tag, token.valid_from, token.expires_at, token.block_reason,
      token.blocked_by, token.blocked_at,
      case when token.status <> 'active' then 'blocked'
        when exists (select from customer_suspension s where s.customer_id = token.customer_id and s."from" <= ${now}
          and (s.until is null or s.until > ${now}) and (s.even_prepaid or customer.payment_method <> 'prepaid'))
          then 'suspended'
        when token.expires_at <= ${now} then 'expired'
        when token.valid_from > ${now} then 'early'
        when customer.payment_method = 'prepaid' and exists (select from prepaid_watch w
          where w.customer_id = token.customer_id and w.floor_since is not null) then 'no-credit'
        else 'good' end as state,
      (select coalesce(jsonb_agg(jsonb_build_object('id', spot.id, 'name', spot.name) order by spot.name), '[]')
        from token_spot join spot on spot.id = token_spot.spot_id where token_spot.token_id = token.id) as spots
    from token
    join installation on installation.id = token.installation_id
    left join customer on customer.id = token.customer_id
    where ${within(scope, { condominium: 'installation.condominium_id', customer: 'token.customer_id' })}
      and (${installationId ?? null}::text is null or token.installation_id = ${installationId ?? null})
      and (${customerId ?? null}::text is null or token.customer_id = ${customerId ?? null})
      and (${tokenId ?? null}::uuid is null or token.id = ${tokenId ?? null}::uuid)
      and (${q} = '' or token.id_tag ilike ${pattern} or token.group_tag ilike ${pattern}
        or customer.name ilike ${pattern} or customer.id ilike ${pattern})
      and (${after?.[0] ?? null}::text is null
        or (token.id_tag, token.id) > (${after?.[0] ?? null}, ${after?.[1] ?? null}::uuid))
    order by token.id_tag, token.id limit ${filter.limit + 1}`.execute(sql);
  return pageOf(rows, filter.limit, (row) => [row.id_tag, row.id], cardOf);
}

export async function cardById(sql: Sql, scope: TenantScope, tokenId: string, now: Date): Promise<Card | null> {
  const { items } = await cards(sql, scope, { tokenId, limit: 1 }, now);
  return items[0] ?? null;
}

function cardOf(row: CardRow): Card {
  const { customer_id: customerId, block_reason: reason, blocked_by: by, blocked_at: at } = row;
  return {
    tokenId: row.id,
    installationId: row.installation_id,
    idTag: row.id_tag,
    kind: row.kind,
    state: row.state,
    customer: customerId === null ? null : { id: customerId, name: row.customer_name ?? customerId },
    groupTag: row.group_tag,
    validFrom: row.valid_from?.toISOString() ?? null,
    expiresAt: row.expires_at?.toISOString() ?? null,
    spots: row.spots,
    block: reason === null || by === null || at === null ? null : { reason, by, at: at.toISOString() },
    timeZone: row.time_zone,
  };
}

/** The list a charger keeps; behind as soon as it is known that a card changed, also while the charger is away. */
export async function localListOf(sql: Sql, chargerId: string, now: Date): Promise<LocalList | null> {
  const row = await sql
    .selectFrom('charger_local_list')
    .selectAll()
    .where('charger_id', '=', chargerId)
    .executeTakeFirst();
  if (row === undefined) return null;
  const isBehind = row.state === 'in-step' && row.due_at !== null && row.due_at <= now;
  return {
    state: isBehind ? 'behind' : (row.state as ListStateName),
    version: row.version,
    entries: row.entries,
    leftOut: row.left_out,
    mostEntries: row.limits?.entries ?? null,
    sentAt: row.sent_at?.toISOString() ?? null,
    inStepAt: row.in_step_at?.toISOString() ?? null,
    problem: row.problem,
  };
}
