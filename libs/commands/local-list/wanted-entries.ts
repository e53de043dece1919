import { sql as raw } from 'kysely';

import type { Sql } from '#libs/persistence/database.js';

import { MOST_ENTRIES, type ListEntry } from './plan-list.js';

/** CiString20Type: 1.6 has no longer card. */
const LONGEST_16 = 20;

/** What a charger's list should be now. */
export interface WantedList {
  /** Best first: what hangs at the charger's own spot, then the rest. */
  readonly entries: readonly ListEntry[];
  /** When time alone changes it: a card begins or ends, somebody moves in or out. Null: never. */
  readonly nextChangeAt: Date | null;
}

interface Row {
  readonly id_tag: string;
  readonly kind: string;
  readonly group_tag: string | null;
  readonly expires_at: Date | null;
  readonly status: 'Accepted' | 'Blocked' | 'Expired';
  readonly is_own: boolean;
}

/**
 * The cards of a charger's installation that are good at it now. Where the installation lets unknown cards charge while
 * their charger is offline, the others are listed too, as what they are: left out they would be unknown, and charge.
 * Apps and remote starts ask us anyway. Who pays ahead counts as at the last look at the account.
 */
export async function wantedEntries(
  sql: Sql,
  { chargerId, protocol, now }: { readonly chargerId: string; readonly protocol: string; readonly now: Date },
): Promise<WantedList> {
  const longest = protocol === 'ocpp1.6' ? LONGEST_16 : null;
  const { rows } = await raw<Row>`
    with ${PLACE(chargerId, now)}, limited as (
      select s.token_id, bool_or(s.spot_id = place.spot_id) as is_here
      from place join spot on spot.installation_id = place.installation_id join token_spot s on s.spot_id = spot.id
      group by s.token_id
    ), halted as (${HALTED(now)})
    select * from (
      select t.id, t.id_tag, t.kind, t.expires_at,
        case when length(t.group_tag) > ${longest}::int then null else t.group_tag end as group_tag,
        coalesce(t.customer_id = place.occupant, false) or coalesce(limited.is_here, false) as is_own,
        case when t.expires_at <= ${now} then 'Expired'
          when t.status = 'active' and (t.valid_from is null or t.valid_from <= ${now})
            and (limited.token_id is null or limited.is_here)
            and not exists (select from halted where not halted.by_credit
              and halted.customer_id in (t.customer_id, place.occupant))
            and not exists (select from halted where halted.by_credit
              and halted.customer_id = coalesce(place.occupant, t.customer_id))
          then 'Accepted' else 'Blocked' end as status,
        i.unknown_when_offline
      from place join installation i on i.id = place.installation_id
      join token t on t.installation_id = i.id
      left join limited on limited.token_id = t.id
      where t.kind in ('rfid', 'emaid') and length(t.id_tag) <= coalesce(${longest}::int, length(t.id_tag))
    ) card
    where status = 'Accepted' or unknown_when_offline = 'accept'
    order by status, is_own desc, id limit ${MOST_ENTRIES * 2}`.execute(sql);
  return { entries: rows.map(entryOf), nextChangeAt: await nextChange(sql, chargerId, now) };
}

function entryOf({ id_tag: token, kind, group_tag: group, expires_at: expiresAt, status }: Row): ListEntry {
  return {
    token,
    ...(kind === 'emaid' ? { tokenType: 'eMAID' as const } : {}),
    ...(group === null ? {} : { groupToken: group }),
    status,
    ...(expiresAt === null ? {} : { expiresAt: expiresAt.toISOString() }),
  };
}

/** Where the charger hangs now, and who answers for the spot unless its cards share it. */
const PLACE = (chargerId: string, now: Date) => raw`place as (
  select c.id as charger_id, c.installation_id, p.spot_id,
    (select o.customer_id from occupancy o
      where p.sharing = 'occupant' and o.spot_id = p.spot_id
        and o."from" <= ${now} and (o.until is null or o.until > ${now})
      order by o."from" desc, o.customer_id limit 1) as occupant
  from charger c
  left join charger_placement p on p.charger_id = c.id
    and p."from" <= ${now} and (p.until is null or p.until > ${now})
  where c.id = ${chargerId})`;

/** Customers of the condominium who may begin nothing: by a debt, or because what they paid ahead is used up. Few. */
const HALTED = (now: Date) => raw`
  select s.customer_id, false as by_credit
  from place join installation i on i.id = place.installation_id
  join customer debtor on debtor.condominium_id = i.condominium_id
  join customer_suspension s on s.customer_id = debtor.id
  where s."from" <= ${now} and (s.until is null or s.until > ${now})
    and (s.even_prepaid or debtor.payment_method <> 'prepaid')
  union
  select payer.id, true
  from place join installation i on i.id = place.installation_id
  join customer payer on payer.condominium_id = i.condominium_id
  join prepaid_watch w on w.customer_id = payer.id
  where payer.payment_method = 'prepaid' and w.floor_since is not null`;

async function nextChange(sql: Sql, chargerId: string, now: Date): Promise<Date | null> {
  const { rows } = await raw<{ at: Date | null }>`
    with ${PLACE(chargerId, now)}
    select min(at) as at from (
      select least(case when t.expires_at > ${now} then t.expires_at end,
        case when t.valid_from > ${now} then t.valid_from end) as at
      from place join token t on t.installation_id = place.installation_id
      union all
      select unnest(array[p."from", p.until]) from charger_placement p where p.charger_id = ${chargerId}
      union all
      select unnest(array[o."from", o.until]) from place join occupancy o on o.spot_id = place.spot_id
    ) change where at > ${now}`.execute(sql);
  return rows[0]?.at ?? null;
}
