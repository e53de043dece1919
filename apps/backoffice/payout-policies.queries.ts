import { sql as raw } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import type { Sql } from '#libs/persistence/database.js';

import type { Page, PayoutPolicyRule } from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

interface PolicyList {
  readonly condominium?: string | undefined;
  readonly limit: number;
  readonly cursor?: string | undefined;
}

/** Rules by condominium, the latest first. */
export async function payoutPolicyPage(
  sql: Sql,
  scope: TenantScope,
  query: PolicyList,
): Promise<Page<PayoutPolicyRule>> {
  const after = decodeCursor(query.cursor, z.tuple([z.string(), z.iso.date()]));
  const conditions = [within(scope, { condominium: 'condominium_id', customer: null })];
  if (query.condominium !== undefined) conditions.push(raw`condominium_id = ${query.condominium}`);
  if (after !== null) {
    const [condominiumId, validFrom] = after;
    conditions.push(
      raw`(condominium_id > ${condominiumId} or (condominium_id = ${condominiumId} and valid_from < ${validFrom}::date))`,
    );
  }
  const { rows } = await raw<PayoutPolicyRule>`
    select condominium_id as "condominiumId", valid_from as "validFrom", fee_permyriad as "feePermyriad",
      fee_per_month_cents as "feePerMonthCents", propose_on_day as "proposeOnDay"
    from payout_policy where ${raw.join(conditions, raw` and `)}
    order by condominium_id, valid_from desc limit ${query.limit + 1}`.execute(sql);
  return pageOf(
    rows,
    query.limit,
    ({ condominiumId, validFrom }) => [condominiumId, validFrom],
    (row) => row,
  );
}

/** Whether the condominium is within the scope and has an installation, whose calendar its payouts keep. */
export async function hasInstallation(sql: Sql, scope: TenantScope, condominiumId: string): Promise<boolean> {
  const { rows } = await raw`
    select from installation where condominium_id = ${condominiumId}
      and ${within(scope, { condominium: 'condominium_id', customer: null })} limit 1`.execute(sql);
  return rows.length > 0;
}
