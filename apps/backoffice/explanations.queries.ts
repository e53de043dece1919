import { sql as raw } from 'kysely';

import type { TenantScope } from '#libs/identity/permissions.js';
import { IS_INVOICED } from '#libs/invoicing/changed-months.js';
import type { Sql } from '#libs/persistence/database.js';
import {
  explainLine,
  type ExplainedPiece as StoredPiece,
  type ExplainedReading as StoredReading,
  type RawMessage as Stored,
} from '#libs/rating/explain-line.js';

import type { ExplainedPiece, ExplainedReading, Explanation, RawMessage } from './api-types.js';
import { hideForeignTags } from './hide-foreign-tags.js';
import { within } from './scope-sql.js';

interface HeadRow {
  readonly charger_label: string;
  readonly spot_name: string | null;
  readonly period: string;
  readonly currency: string;
  readonly customer_id: string | null;
  readonly is_billed: boolean;
}

/** The line's names, if it lies within the scope. */
async function headOf(sql: Sql, scope: TenantScope, lineId: string): Promise<HeadRow | null> {
  const visible = within(scope, { condominium: 'installation.condominium_id', customer: 'line.customer_id' });
  const { rows } = await raw<HeadRow>`
    select charger.label as charger_label, spot.name as spot_name, cycle.period, installation.currency, line.customer_id,
      ${IS_INVOICED} as is_billed
    from rated_line line
    join billing_cycle cycle on cycle.id = line.cycle_id
    join installation on installation.id = cycle.installation_id
    join charger on charger.id = line.charger_id
    left join spot on spot.id = line.spot_id
    where line.id = ${lineId} and ${visible}`.execute(sql);
  return rows[0] ?? null;
}

/** The cards of a customer, in small letters: cards are compared without regard to case. */
async function tagsOf(sql: Sql, customerId: string): Promise<ReadonlySet<string>> {
  const rows = await sql.selectFrom('token').select('id_tag').where('customer_id', '=', customerId).execute();
  return new Set(rows.map((row) => row.id_tag.toLowerCase()));
}

const readingOf = ({ id, at, ...reading }: StoredReading): ExplainedReading => ({
  readingId: id,
  at: at.toISOString(),
  ...reading,
});

const pieceOf = (piece: StoredPiece): ExplainedPiece =>
  Object.assign({}, piece, {
    startsAt: piece.startsAt.toISOString(),
    endsAt: piece.endsAt.toISOString(),
    before: readingOf(piece.before),
    after: readingOf(piece.after),
  });

const messageOf = ({ receivedAt, ...message }: Stored): RawMessage => ({
  ...message,
  receivedAt: receivedAt.toISOString(),
});

/** Why a rated line has its amount, or null when there is no such line within the scope. */
export async function explanation(
  sql: Sql,
  scope: TenantScope,
  query: { readonly lineId: string; readonly cursor: number; readonly limit: number },
): Promise<Explanation | null> {
  const head = await headOf(sql, scope, query.lineId);
  if (head === null) return null;
  const explained = await explainLine(sql, query);
  if (explained === null) return null;
  const { line, consumptions, wh, differenceWh, pieces, nextCursor } = explained;
  const messages = explained.messages.map(messageOf);
  return {
    line: {
      lineId: line.id,
      period: head.period,
      timeZone: line.timeZone,
      currency: head.currency,
      chargerLabel: head.charger_label,
      spotName: head.spot_name,
      label: line.label,
      band: line.band,
      interval: line.interval,
      direction: line.direction,
      perKWhMicros: line.microsPerKWh,
      isAveragePrice: line.isAveragePrice,
      wh: line.wh,
      cents: line.cents,
      isBilled: head.is_billed,
    },
    consumptions: [...consumptions],
    wh,
    differenceWh,
    pieces: pieces.map(pieceOf),
    messages: scope.kind === 'customer' ? hideForeignTags(messages, await tagsOf(sql, scope.customerId)) : messages,
    nextCursor: nextCursor === null ? null : String(nextCursor),
  };
}
