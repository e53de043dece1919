import { sql } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import { EARLIEST } from './decide-instant.js';
import type { IncomingMessage, TokenFacts } from './facts.js';
import { loadUsedUp } from './load-credit.js';
import { observedOffsetMs } from './observed-offset.js';

interface TokenRow {
  readonly index: number;
  readonly at: Date;
  readonly id_tag: string;
  readonly status: string;
  readonly expires_at: Date | null;
  readonly valid_from: Date | null;
  readonly group_tag: string | null;
  readonly suspended: boolean;
  readonly elsewhere: boolean;
  /** Who would pay for a session that begins now, if they pay ahead. */
  readonly prepaid: string | null;
}

/**
 * The cards that messages name, by place in the batch, with what they are worth there and then. One statement, and one
 * more where somebody pays ahead.
 */
export async function loadTokens(
  db: Sql,
  messages: readonly { readonly index: number; readonly incoming: IncomingMessage }[],
  known: ReadonlyMap<number, { readonly installationId: string | null }>,
): Promise<Map<number, TokenFacts>> {
  const asked = messages.flatMap(({ index, incoming }) => {
    const installation = known.get(index)?.installationId ?? null;
    const tags = tagsOf(incoming);
    return tags.length === 0 || installation === null ? [] : [{ index, installation, tags, ...placeOf(incoming) }];
  });
  if (asked.length === 0) return new Map();
  const { rows } = await sql<TokenRow>`
    select r.index, r.at, t.id_tag, t.status, t.expires_at, t.valid_from, t.group_tag,
      free.begins and ${IS_SUSPENDED} as suspended,
      free.begins and ${IS_ELSEWHERE} as elsewhere,
      case when free.begins and ${IS_NOW} then (select payer.id from customer payer
        where payer.id = coalesce(occupant.id, t.customer_id) and payer.payment_method = 'prepaid') end as prepaid
    from (
      select asked.*, ${JUDGED_AT} as at
      from jsonb_to_recordset(${JSON.stringify(asked)}::jsonb) as asked(index int, installation text, charger text,
        tags jsonb, begins boolean, told timestamptz, received timestamptz, late boolean, may_end boolean, ref text)
      offset 0) r
    cross join lateral (
      select t.* from jsonb_array_elements_text(r.tags) with ordinality as told(tag, place)
      join token t on t.installation_id = r.installation and lower(t.id_tag) = told.tag
      order by told.place, t.id limit 1) t
    cross join lateral (select r.begins and not (r.may_end and ${ENDS_ITS_OWN}) as begins) free
    cross join lateral (select case when r.begins then ${OCCUPANT} end as id offset 0) occupant`.execute(db);
  const usedUp = await loadUsedUp(
    db,
    rows.flatMap(({ index, at, prepaid }) => {
      const installation = known.get(index)?.installationId ?? null;
      return prepaid === null || installation === null ? [] : [{ index, installation, at, payer: prepaid }];
    }),
  );
  return new Map(rows.map((row) => [row.index, tokenOf(row, usedUp.has(row.index))]));
}

function tokenOf(row: TokenRow, withoutCredit: boolean): TokenFacts {
  return {
    at: row.at,
    idTag: row.id_tag,
    status: row.status,
    expiresAt: row.expires_at,
    validFrom: row.valid_from,
    groupTag: row.group_tag,
    suspended: row.suspended,
    elsewhere: row.elsewhere,
    withoutCredit,
  };
}

/** In lower case: the card itself, then what else the charger said of who it is. */
function tagsOf({ message }: IncomingMessage): string[] {
  switch (message.kind) {
    case 'authorize':
      return lowerCase(message.idTag, message.moreTags);
    case 'transaction-started':
    case 'transaction-stopped':
      return lowerCase(message.idTag, message.event?.moreTags);
    case 'meter-values':
      return lowerCase(message.event?.idTag ?? null, message.event?.moreTags);
    default:
      return [];
  }
}

function lowerCase(idTag: string | null, moreTags: readonly string[] = []): string[] {
  return idTag === null ? [] : [idTag, ...moreTags].map((tag) => tag.toLowerCase());
}

function placeOf({ chargerId: charger, message, receivedAt: received }: IncomingMessage) {
  const event = 'event' in message ? message.event : undefined;
  return {
    charger,
    received,
    told: toldAt(message),
    begins: beginsWithCard(message),
    may_end: message.kind === 'authorize' || message.kind === 'meter-values',
    ref: event?.ref ?? null,
    late: event?.offline === true,
  };
}

/** When the card was shown, as the charger says; null: it says nothing. */
function toldAt(message: IncomingMessage['message']): Date | null {
  if ('event' in message && message.event !== undefined) return message.event.stamp.at;
  return 'stamp' in message ? message.stamp.at : null;
}

/** Whether the card is shown to begin a session, or to one that has begun without it. */
function beginsWithCard(message: IncomingMessage['message']): boolean {
  if (message.kind === 'meter-values') return message.event?.trigger !== 'StopAuthorized';
  return message.kind === 'authorize' || message.kind === 'transaction-started';
}

/**
 * The instant for which a card is judged: the told one without what the charger's clock is off. Where that cannot be, or
 * none is told, the moment of receipt: a clock in 1970 would accept whoever was suspended since.
 */
const JUDGED_AT = sql`(
  select case when shown.at >= ${EARLIEST} and shown.at < asked.received then shown.at else asked.received end
  from (select asked.told - coalesce(${observedOffsetMs(sql`asked.charger`)}, 0) * interval '1 millisecond' as at) shown)`;

/** Told later than this a session has begun long ago: what its payer has left now says nothing about it. */
const IS_NOW = sql`not r.late and r.at >= r.received - interval '10 minutes'`;

/** Who answers for the charger's spot at that time, unless the spot is shared by its cards. */
const OCCUPANT = sql`(
  select o.customer_id from charger_placement p join occupancy o on o.spot_id = p.spot_id
  where p.charger_id = r.charger and p.sharing = 'occupant'
    and p."from" <= r.at and (p.until is null or p.until > r.at)
    and o."from" <= r.at and (o.until is null or o.until > r.at)
  order by o."from" desc, o.customer_id limit 1)`;

/** The card's customer, or who answers for the spot, was suspended at that time. */
const IS_SUSPENDED = sql`exists (
  select from customer_suspension s join customer debtor on debtor.id = s.customer_id
  where s."from" <= r.at and (s.until is null or s.until > r.at)
    and (s.even_prepaid or debtor.payment_method <> 'prepaid')
    and (s.customer_id = t.customer_id or s.customer_id = occupant.id))`;

/** The card is good at some spots, and the charger hangs at none of them. */
const IS_ELSEWHERE = sql`exists (select from token_spot s where s.token_id = t.id) and not exists (
  select from token_spot s join charger_placement p on p.spot_id = s.spot_id
  where s.token_id = t.id and p.charger_id = r.charger
    and p."from" <= r.at and (p.until is null or p.until > r.at))`;

/**
 * Chargers ask about a card again before they let it end its session, or one of its group: refused, it would leave a
 * cable locked in. An event asks for its own transaction (`ref`), whatever runs beside it. A session that goes on for more
 * than a week without a reading has been forgotten; of one that began in 1970 nobody knows.
 */
const ENDS_ITS_OWN = sql`exists (
  select from charging_transaction running
  left join token starter on starter.installation_id = r.installation
    and lower(starter.id_tag) = lower(running.id_tag)
  where running.charger_id = r.charger and running.stopped_at is null
    and (r.ref is null or running.charger_ref = r.ref)
    and (lower(running.id_tag) = lower(t.id_tag) or lower(starter.group_tag) = lower(t.group_tag))
    and (running.started_at < ${EARLIEST}
      or coalesce(running.last_reading_at, running.started_at) > r.at - interval '7 days'))`;
