import { Migration } from '@mikro-orm/migrations';

/** Security profiles, and passwords of chargers that are being changed. */
export class Migration20261127000200ChargerSecurity extends Migration {
  override up(): void {
    this.addSql(`alter table "installation" add column "allow_unsecured" boolean not null default false;`);
    this.addSql(
      `alter table "charger" add column "security_profile" int not null default 1, add column "wanted_profile" int null;`,
    );
    this.addSql(`alter table "charger_command" add column "sealed" text null;`);
    this.addSql(
      `create table "charger_password" ("id" uuid not null default uuidv7(), "charger_id" text not null, "hash" text not null, "decoded_hash" text not null, "command_id" uuid null, "asked_by" text not null, "asked_at" timestamptz(3) not null, "seen_at" timestamptz(3) null, "closed_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `create index "charger_password_open_index" on "charger_password" ("charger_id") where (closed_at is null);`,
    );
    this.addSql(
      `alter table "charger_password" add constraint "charger_password_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "charger_password" add constraint "charger_password_command_id_foreign" foreign key ("command_id") references "charger_command" ("id") on delete set null;`,
    );
    this.addSql(
      `create index "ocpp_message_security_index" on "ocpp_message" ("charger_id", "id") where (action = 'SecurityEventNotification');`,
    );
  }

  override down(): void {
    this.addSql('drop index "ocpp_message_security_index";');
    this.addSql('drop table "charger_password";');
    this.addSql(`alter table "charger_command" drop column "sealed";`);
    this.addSql(`alter table "charger" drop column "security_profile", drop column "wanted_profile";`);
    this.addSql(`alter table "installation" drop column "allow_unsecured";`);
  }
}
