import { sql as raw } from 'kysely';
import { z } from 'zod';

import type { TenantScope } from '#libs/identity/permissions.js';
import { orderedConversion } from '#libs/payments/prepaid/conversion.js';
import { prepaidPosition } from '#libs/payments/prepaid/position.js';
import { prepaidHome } from '#libs/payments/prepaid/prepaid-home.js';
import { activeMandateOf } from '#libs/payments/prepaid/settings.js';
import { sessionStandings, type SessionStanding } from '#libs/payments/running-sessions/session-standing.js';
import type { Sql } from '#libs/persistence/database.js';
import { methodFor } from '#libs/registry/payment-method.js';
import { localDate } from '#libs/registry/period.js';

import {
  REFUND_STATES,
  TOP_UP_STATES,
  type Page,
  type Prepaid,
  type PrepaidSession,
  type Refund,
} from './api-types.js';
import { decodeCursor, pageOf } from './paging.js';
import { within } from './scope-sql.js';

/** So many top-ups are shown. */
const TOP_UPS_SHOWN = 12;

/** A customer's prepaid account within the scope; null when there is no such customer, or no installation to charge at. */
export async function prepaidAccount(
  sql: Sql,
  scope: TenantScope,
  customerId: string,
  now: Date,
): Promise<Prepaid | null> {
  if (!(await isVisible(sql, scope, customerId))) return null;
  const position = await prepaidPosition(sql, customerId, now);
  const { timeZone } = await prepaidHome(sql, customerId);
  const { rules, months, unpriced, asOf, ...amounts } = position;
  const [refund] = await refundRows(sql, scope, { customerId, onlyOpen: true, limit: 1, after: null, now });
  return {
    ...amounts,
    asOf: asOf.toISOString(),
    method: await methodFor(sql, customerId, localDate(now, timeZone).slice(0, 7)),
    months: months.map(({ installationId, period, energyWh, grossCents, fixedAs }) => {
      return { installationId, period, energyWh, grossCents, fixedAs };
    }),
    unpriced: [...unpriced],
    sessions: (await sessionStandings(sql, customerId, now)).map(sessionOf),
    ...rules,
    hasMandate: (await activeMandateOf(sql, customerId)) !== null,
    topUps: await topUpsOf(sql, customerId),
    conversion: await orderedConversion(sql, customerId, now),
    refund: refund === undefined ? null : refundOf(refund),
  };
}

function sessionOf({ startedAt, stoppedAt, warnedAt, stop, ...session }: SessionStanding): PrepaidSession {
  return {
    ...session,
    startedAt: startedAt.toISOString(),
    stoppedAt: stoppedAt?.toISOString() ?? null,
    warnedAt: warnedAt?.toISOString() ?? null,
    stop:
      stop === null
        ? null
        : {
            decidedAt: stop.decidedAt.toISOString(),
            outcome: stop.outcome,
            leftCents: stop.basis.leftCents,
            floorCents: stop.basis.floorCents,
            unbilledCents: stop.basis.unbilledCents,
            atHighestPrice: stop.basis.months.some(({ missingPrice }) => missingPrice !== null),
          },
  };
}

/** Whether the scope covers the customer and there is an installation whose rules hold. */
export async function isVisible(sql: Sql, scope: TenantScope, customerId: string): Promise<boolean> {
  const visible = within(scope, { condominium: 'customer.condominium_id', customer: 'customer.id' });
  const { rows } = await raw<{ id: string }>`
    select customer.id from customer where customer.id = ${customerId} and ${visible}
      and exists (select from installation where installation.condominium_id = customer.condominium_id)`.execute(sql);
  return rows.length > 0;
}

async function topUpsOf(sql: Sql, customerId: string): Promise<Prepaid['topUps']> {
  const rows = await sql
    .selectFrom('top_up_order')
    .selectAll()
    .where('customer_id', '=', customerId)
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .limit(TOP_UPS_SHOWN)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    amountCents: row.amount_cents,
    state: z.enum(TOP_UP_STATES).parse(row.state),
    reason: row.reason,
    debitAt: row.debit_at.toISOString(),
    createdAt: row.created_at.toISOString(),
  }));
}

interface RefundRow {
  readonly id: string;
  readonly customer_id: string;
  readonly customer_name: string;
  readonly issuer_id: string;
  readonly amount_cents: number;
  readonly currency: string;
  readonly iban_last4: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly message_id: string | null;
  readonly proposed_at: Date;
  readonly proposed_by: string;
  readonly approved_by: string | null;
  readonly sent_at: Date | null;
  readonly reversible_until: Date | null;
}

interface RefundFilter {
  readonly customerId?: string | undefined;
  readonly id?: string | undefined;
  readonly onlyOpen: boolean;
  readonly limit: number;
  readonly after: readonly [string, string] | null;
  readonly now: Date;
}

async function refundRows(sql: Sql, scope: TenantScope, filter: RefundFilter): Promise<RefundRow[]> {
  const visible = within(scope, { condominium: 'customer.condominium_id', customer: 'customer.id' });
  const conditions = [raw`${visible}`];
  if (filter.customerId !== undefined) conditions.push(raw`refund.customer_id = ${filter.customerId}`);
  if (filter.id !== undefined) conditions.push(raw`refund.id = ${filter.id}::uuid`);
  if (filter.onlyOpen) conditions.push(raw`refund.state in ('proposed', 'approved', 'sent')`);
  if (filter.after !== null) {
    conditions.push(raw`(refund.proposed_at, refund.id) < (${filter.after[0]}::timestamptz, ${filter.after[1]}::uuid)`);
  }
  const { rows } = await raw<RefundRow>`
    select refund.*, customer.name as customer_name, (
      select max(settled_at) + interval '56 days' from top_up_order top_up
      where top_up.customer_id = refund.customer_id and top_up.state = 'succeeded'
        and top_up.settled_at + interval '56 days' > ${filter.now}
    ) as reversible_until
    from refund_order refund join customer on customer.id = refund.customer_id
    where ${raw.join(conditions, raw` and `)}
    order by refund.proposed_at desc, refund.id desc limit ${filter.limit}`.execute(sql);
  return rows;
}

const refundOf = (row: RefundRow): Refund => ({
  id: row.id,
  customerId: row.customer_id,
  customerName: row.customer_name,
  issuerId: row.issuer_id,
  amountCents: row.amount_cents,
  currency: row.currency,
  ibanLast4: row.iban_last4,
  state: z.enum(REFUND_STATES).parse(row.state),
  reason: row.reason,
  messageId: row.message_id,
  proposedAt: row.proposed_at.toISOString(),
  proposedBy: row.proposed_by,
  approvedBy: row.approved_by,
  sentAt: row.sent_at?.toISOString() ?? null,
  reversibleUntil: row.reversible_until?.toISOString() ?? null,
});

/** Refunds, newest first. */
export async function refunds(
  sql: Sql,
  scope: TenantScope,
  filter: { readonly limit: number; readonly cursor?: string | undefined; readonly now: Date },
): Promise<Page<Refund>> {
  const { limit, cursor, now } = filter;
  const after = decodeCursor(cursor, z.tuple([z.iso.datetime(), z.uuid()]));
  const rows = await refundRows(sql, scope, { onlyOpen: false, limit: limit + 1, after, now });
  return pageOf(rows, limit, (row) => [row.proposed_at.toISOString(), row.id], refundOf);
}

export async function refundById(sql: Sql, scope: TenantScope, id: string, now: Date): Promise<Refund | null> {
  const [row] = await refundRows(sql, scope, { id, onlyOpen: false, limit: 1, after: null, now });
  return row === undefined ? null : refundOf(row);
}
