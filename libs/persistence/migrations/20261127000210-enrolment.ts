import { Migration } from '@mikro-orm/migrations';

/** Tables of this step, in the order in which they can be dropped. */
const NEW = ['enrolment_frame', 'enrolment_candidate', 'enrolment_window'] as const;

/** Chargers that nobody knows yet: let in to wait while a window is open, adopted or refused by a person. */
export class Migration20261127000210Enrolment extends Migration {
  override up(): void {
    this.addSql(
      `create table "enrolment_window" ("id" uuid not null default uuidv7(), "installation_id" text not null, "code_hash" text not null, "most" int not null, "opened_by" text not null, "opened_at" timestamptz(3) not null, "until" timestamptz(3) not null, "closed_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "enrolment_window" add constraint "enrolment_window_code_unique" unique ("code_hash");`);
    this.addSql(`create index "enrolment_window_installation_index" on "enrolment_window" ("installation_id");`);
    this.addSql(
      `create table "enrolment_candidate" ("id" uuid not null default uuidv7(), "window_id" uuid not null, "installation_id" text not null, "charger_id" text not null, "label" text not null, "password_hash" text null, "has_shared_password" boolean not null, "profile" int not null, "protocol" text not null, "vendor" text null, "model" text null, "firmware" text null, "frames" int not null default 0, "state" text not null default 'waiting', "first_seen_at" timestamptz(3) not null, "last_seen_at" timestamptz(3) not null, "decided_by" text null, "decided_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `create unique index "enrolment_candidate_waiting_unique" on "enrolment_candidate" ("charger_id") where (state = 'waiting');`,
    );
    this.addSql(`create index "enrolment_candidate_window_index" on "enrolment_candidate" ("window_id", "state");`);
    this.addSql(
      `create table "enrolment_frame" ("id" bigserial primary key, "candidate_id" uuid not null, "received_at" timestamptz(3) not null, "message_id" text not null, "action" text not null, "payload" jsonb not null);`,
    );
    this.addSql(`create index "enrolment_frame_candidate_index" on "enrolment_frame" ("candidate_id", "id");`);
    this.addSql(
      `alter table "enrolment_window" add constraint "enrolment_window_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "enrolment_candidate" add constraint "enrolment_candidate_window_id_foreign" foreign key ("window_id") references "enrolment_window" ("id");`,
    );
    this.addSql(
      `alter table "enrolment_candidate" add constraint "enrolment_candidate_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "enrolment_frame" add constraint "enrolment_frame_candidate_id_foreign" foreign key ("candidate_id") references "enrolment_candidate" ("id");`,
    );
  }

  override down(): void {
    for (const table of NEW) this.addSql(`drop table "${table}";`);
  }
}
