import { Migration } from '@mikro-orm/migrations';

import { APPLICATION_ROLE } from '../application-role.js';

/** How far chargers' clocks are off, as dated entries that are never changed; frames that are no message of a charger's. */
export class Migration20261127000300FramesAndClocks extends Migration {
  override up(): void {
    this.addSql(
      `create table "charger_clock" ("id" bigserial primary key, "charger_id" text not null, "source" text not null, "kind" text not null, "offset_ms" bigint null, "drift_ms" int not null default 0, "from_at" timestamptz(3) not null, "until_at" timestamptz(3) null, "after_reading_id" bigint not null, "effective_from" timestamptz(3) not null, "evidence" jsonb not null, "reason" text null, "by" text null, "at" timestamptz(3) not null default clock_timestamp());`,
    );
    this.addSql(`create index "charger_clock_charger_index" on "charger_clock" ("charger_id", "id");`);
    this.addSql(
      `alter table "charger_clock" add constraint "charger_clock_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(`revoke update, delete, truncate on "charger_clock" from ${APPLICATION_ROLE};`);
    this.addSql(
      `create table "charger_frame" ("id" bigserial primary key, "charger_id" text not null, "at" timestamptz(3) not null, "kind" text not null, "protocol" text null, "action" text null, "payload" jsonb null, "answer" jsonb null, "outcome" text null, "raw" text null);`,
    );
    this.addSql(`create index "charger_frame_charger_index" on "charger_frame" ("charger_id", "at");`);
    this.addSql(
      `alter table "charger_frame" add constraint "charger_frame_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(`revoke update, delete, truncate on "charger_frame" from ${APPLICATION_ROLE};`);
  }

  override down(): void {
    this.addSql('drop table "charger_frame";');
    this.addSql('drop table "charger_clock";');
  }
}
