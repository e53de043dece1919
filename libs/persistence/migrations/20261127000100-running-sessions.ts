import { Migration } from '@mikro-orm/migrations';

/**
 * Running sessions of those who pay ahead: when each is looked at next, and what was decided about it. And commands by
 * when they ended, for those too old to be kept.
 */
export class Migration20261127000100RunningSessions extends Migration {
  override up(): void {
    this.addSql(
      `create table "session_watch" ("transaction_id" int not null, "customer_id" text not null, "looked_at" timestamptz(3) not null, "look_again_at" timestamptz(3) not null, "look_at_wh" bigint null, "left_cents" bigint null, primary key ("transaction_id"));`,
    );
    this.addSql(
      `create table "session_notice" ("transaction_id" int not null, "level" text not null, "customer_id" text not null, "decided_at" timestamptz(3) not null, "basis" jsonb not null, "outcome" text null, "ended_at" timestamptz(3) null, "asked" int not null default 0, "tries" int not null default 0, "command_id" uuid null, primary key ("transaction_id", "level"));`,
    );
    this.addSql(`create index "session_watch_customer_index" on "session_watch" ("customer_id", "looked_at");`);
    this.addSql(`create index "session_notice_customer_index" on "session_notice" ("customer_id", "decided_at");`);
    this.addSql(
      `create index "session_notice_open_index" on "session_notice" ("transaction_id") where (level = 'stop' and ended_at is null);`,
    );
    this.addSql(
      `create index "connector_state_transaction_index" on "connector_state" ("transaction_id") where (transaction_id is not null);`,
    );
    this.addSql(
      `create index "charger_command_ended_index" on "charger_command" ("ended_at") where (ended_at is not null);`,
    );
    for (const table of ['session_watch', 'session_notice']) {
      const follows = table === 'session_watch' ? ' on update cascade on delete cascade' : '';
      this.addSql(
        `alter table "${table}" add constraint "${table}_transaction_id_foreign" foreign key ("transaction_id") references "charging_transaction" ("id")${follows};`,
      );
      this.addSql(
        `alter table "${table}" add constraint "${table}_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
      );
    }
  }

  override down(): void {
    this.addSql(`drop index "charger_command_ended_index";`);
    this.addSql(`drop index "connector_state_transaction_index";`);
    for (const table of ['session_notice', 'session_watch']) this.addSql(`drop table "${table}";`);
  }
}
