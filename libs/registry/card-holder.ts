import { sql as raw, type RawBuilder } from 'kysely';

/**
 * The customer whose a card was when a transaction was started: SQL over the aliases of `token` and
 * `charging_transaction`. Null where the card was nobody's, or there is none.
 */
export function cardHolderAt(card: string, transaction: string): RawBuilder<string | null> {
  const [token, session] = [raw.ref(card), raw.ref(transaction)];
  return raw<string | null>`coalesce((select former.customer_id from former_card_holder former
    where former.token_id = ${token}.id and former.until > ${session}.started_at
    order by former.until limit 1), ${token}.customer_id)`;
}
