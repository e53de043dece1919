import { scryptSync, timingSafeEqual } from 'node:crypto';

import { Migration } from '@mikro-orm/migrations';

/** A password that people chose for a command of their own; those made here are 40 hexadecimal digits. */
const CHOSEN = `"command_id" in (select "id" from "charger_command" where "key" not like 'password/%')`;

/** Names of values that are nobody's to read. */
const SECRET = 'authorizationkey|password|passphrase|secret';

/** Hides the secrets in a list of a command's answer; `name` is where in an item its name stands, `value` its value. */
function hideIn(column: string, list: string, name: string, value: string): string {
  return `update "charger_command" set "${column}" = jsonb_set("${column}", '{${list}}', (
      select jsonb_agg(case when item #>> '{${name}}' ~* '${SECRET}' and item ->> '${value}' is not null
        then jsonb_set(item, '{${value}}', '"***"') else item end order by place)
      from jsonb_array_elements("${column}" -> '${list}') with ordinality as listed (item, place)))
    where jsonb_typeof("${column}" -> '${list}') = 'array' and "${column}"::text ~* '${SECRET}';`;
}

/** `ftp://user:secret@host` */
const URL_SECRET = `'^(\\s*[a-z][a-z0-9+.-]*://[^/?#@:]*):[^/?#]+@'`;

/** Whether a stored hash (`scrypt$N$r$p$salt$key`) is that of no password at all. */
function isOfNothing(stored: string): boolean {
  const [, N, r, p, salt = '', key = ''] = stored.split('$');
  const expected = Buffer.from(key, 'base64');
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  return timingSafeEqual(scryptSync('', Buffer.from(salt, 'base64'), expected.length, options), expected);
}

/**
 * A password that is not hexadecimal stands for no bytes. Whatever of its beginning could be read as hexadecimal was
 * hashed and accepted, often nothing at all. Secrets in the answers of chargers and in URLs are hidden, as they are from
 * now on when a command has ended. Which chargers still have an enrolment window's code for a password is kept with them.
 */
export class Migration20261128000100Passwords extends Migration {
  override async up(): Promise<void> {
    const suspects = (await this.execute(
      `select "charger"."id", "given"."hash", "given"."decoded_hash" from "charger" join "charger_password" as "given"
        on "given"."charger_id" = "charger"."id" and "given"."decoded_hash" = "charger"."password_hash"
        where "given"."decoded_hash" like 'scrypt$%'`,
    )) as { id: string; hash: string; decoded_hash: string }[];
    for (const { id, hash, decoded_hash: decoded } of suspects) {
      if (isOfNothing(decoded)) {
        await this.execute(`update "charger" set "password_hash" = ? where "id" = ?`, [hash, id]);
      }
    }
    this.addSql(`alter table "charger_password" alter column "decoded_hash" drop not null;`);
    this.addSql(`update "charger_password" set "decoded_hash" = null where "closed_at" is null and ${CHOSEN};`);
    this.addSql(`alter table "charger" add column "password_is_shared" boolean not null default false;`);
    this.addSql(
      `update "charger" set "password_is_shared" = true from "enrolment_candidate" as "came"
        where "came"."charger_id" = "charger"."id" and "came"."state" = 'adopted' and "came"."has_shared_password"
          and "came"."password_hash" = "charger"."password_hash";`,
    );
    this.addSql(hideIn('response', 'configurationKey', 'key', 'value'));
    this.addSql(hideIn('response', 'getVariableResult', 'variable,name', 'attributeValue'));
    this.addSql(hideIn('result', 'variables', 'name', 'value'));
    this.addSql(
      `update "charger_command" set "request" = jsonb_set("request", '{location}',
        to_jsonb(regexp_replace("request" ->> 'location', ${URL_SECRET}, '\\1:***@', 'i')))
        where "ended_at" is not null and "request" ->> 'location' ~* ${URL_SECRET};`,
    );
  }

  override down(): void {
    this.addSql(`alter table "charger" drop column "password_is_shared";`);
    this.addSql(`update "charger_password" set "decoded_hash" = "hash" where "decoded_hash" is null;`);
    this.addSql(`alter table "charger_password" alter column "decoded_hash" set not null;`);
  }
}
