import { sql as fragment, type RawBuilder } from 'kysely';

/**
 * The one text of a raw OCPP message `m` (a row of ocpp_message): a line of JSON with these members in this order,
 * payload and answer as PostgreSQL prints a jsonb (members by length and bytes, numbers as they were told; the same in
 * every version since 9.4). Its SHA-256 stands in the line of each reading that the message brought, so that a changed
 * message breaks the chain; and an archive holds these very lines, so that whoever has the file needs no rule to print
 * JSON again. Put together as text: building a jsonb of it takes three times as long.
 */
export function messageLine(): RawBuilder<string> {
  return fragment<string>`format(
    '{"id":%s,"charger":%s,"receivedAt":"%s","messageId":%s,"action":%s,"payload":%s,"answer":%s}',
    m.id, to_json(m.charger_id)::text, to_char(m.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    to_json(m.message_id)::text, to_json(m.action)::text, m.payload::text, m.answer::text)`;
}

/** The hash of that line, made by the database: of a message of many kB only 64 characters travel. */
export function messageSha256(): RawBuilder<string> {
  return fragment<string>`encode(sha256(convert_to(${messageLine()}, 'UTF8')), 'hex')`;
}
