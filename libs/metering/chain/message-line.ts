import { sql as fragment, type RawBuilder } from 'kysely';

/**
 * The one text of a raw OCPP message `m` (a row of ocpp_message): the line of JSON that PostgreSQL prints for this
 * object. Its SHA-256 stands in the line of each reading that the message brought, so that a changed message breaks the
 * chain; and an archive holds these very lines, so that whoever has the file needs no rule to print JSON again.
 * PostgreSQL orders the members of a jsonb by length and bytes and keeps numbers as they were told: the same text in
 * every version since 9.4.
 */
export function messageLine(): RawBuilder<string> {
  return fragment<string>`jsonb_build_object('id', m.id, 'charger', m.charger_id, 'receivedAt',
    to_char(m.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'messageId', m.message_id,
    'action', m.action, 'payload', m.payload, 'answer', m.answer)::text`;
}

/** The hash of that line, made by the database: of a message of many kB only 64 characters travel. */
export function messageSha256(): RawBuilder<string> {
  return fragment<string>`encode(sha256(convert_to(${messageLine()}, 'UTF8')), 'hex')`;
}
