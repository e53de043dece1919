import { scryptSync, timingSafeEqual } from 'node:crypto';

import { Migration } from '@mikro-orm/migrations';

/** A password that people chose for a command of their own; those made here are 40 hexadecimal digits. */
const CHOSEN = `"command_id" in (select "id" from "charger_command" where "key" not like 'password/%')`;

/** Whether a stored hash (`scrypt$N$r$p$salt$key`) is that of no password at all. */
function isOfNothing(stored: string): boolean {
  const [, N, r, p, salt = '', key = ''] = stored.split('$');
  const expected = Buffer.from(key, 'base64');
  const options = { N: Number(N), r: Number(r), p: Number(p) };
  return timingSafeEqual(scryptSync('', Buffer.from(salt, 'base64'), expected.length, options), expected);
}

/**
 * A password that is not hexadecimal stands for no bytes. Whatever of its beginning could be read as hexadecimal was
 * hashed and accepted, often nothing at all.
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
  }

  override down(): void {
    this.addSql(`update "charger_password" set "decoded_hash" = "hash" where "decoded_hash" is null;`);
    this.addSql(`alter table "charger_password" alter column "decoded_hash" set not null;`);
  }
}
