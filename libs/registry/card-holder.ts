import { sql as raw, type RawBuilder } from 'kysely';

/**
 * The customer whose a card was when a transaction truly was started: SQL over the aliases of `token` and
 * `charging_transaction`. Null where the card was nobody's, or there is none. `knownBefore`: by what was recorded of the
 * charger's clock before that instant (may be SQL); null: by all that is.
 */
export function cardHolderAt(
  card: string,
  transaction: string,
  knownBefore: Date | RawBuilder<unknown> | null = null,
): RawBuilder<string | null> {
  const [token, session] = [raw.ref(card), raw.ref(transaction)];
  const known = raw`coalesce(${knownBefore}::timestamptz, 'infinity')`;
  return raw<string | null>`coalesce((select former.customer_id from former_card_holder former
    where former.token_id = ${token}.id
      and former.until > true_start(${session}.id, ${session}.charger_id, ${session}.started_at, ${known})
    order by former.until limit 1), ${token}.customer_id)`;
}
