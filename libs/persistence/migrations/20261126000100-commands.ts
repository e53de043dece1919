import { Migration } from '@mikro-orm/migrations';

/** Tables of this step, in the order in which they can be dropped. */
const NEW = ['charger_setting', 'charger_provisioning', 'charger_connection', 'charger_command'] as const;

/** What chargers are asked for, and which gateway holds whose socket. */
export class Migration20261126000100Commands extends Migration {
  override up(): void {
    this.addSql(
      `create table "charger_command" ("id" uuid not null default uuidv7(), "charger_id" text not null, "kind" text not null, "request" jsonb not null, "number" int not null, "state" text not null default 'waiting', "protocol" text null, "response" jsonb null, "result" jsonb null, "asked_by" text not null, "asked_at" timestamptz(3) not null, "expires_at" timestamptz(3) not null, "when_absent" text not null, "key" text not null, "taken_at" timestamptz(3) null, "sent_at" timestamptz(3) null, "sends" int not null default 0, "answered_at" timestamptz(3) null, "ended_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "charger_command" add constraint "charger_command_key_unique" unique ("key");`);
    this.addSql(`create index "charger_command_charger_index" on "charger_command" ("charger_id", "id");`);
    this.addSql(
      `create index "charger_command_waiting_index" on "charger_command" ("charger_id") where (state = 'waiting');`,
    );
    this.addSql(
      `create index "charger_command_open_index" on "charger_command" ("charger_id") where (ended_at is null);`,
    );
    this.addSql(
      `create table "charger_connection" ("charger_id" text not null, "gateway" text not null, "connection_id" uuid not null, "protocol" text not null, "since" timestamptz(3) not null, primary key ("charger_id"));`,
    );
    this.addSql(`create index "charger_connection_gateway_index" on "charger_connection" ("gateway");`);
    this.addSql(
      `alter table "charger_command" add constraint "charger_command_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "charger_connection" add constraint "charger_connection_charger_id_foreign" foreign key ("charger_id") references "charger" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `create table "charger_setting" ("charger_id" text not null, "name" text not null, "wanted" text not null, "actual" text null, "state" text not null, "read_at" timestamptz(3) not null, primary key ("charger_id", "name"));`,
    );
    this.addSql(
      `alter table "charger_setting" add constraint "charger_setting_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `create table "charger_provisioning" ("charger_id" text not null, "due_at" timestamptz(3) not null, "firmware" text null, "begun_at" timestamptz(3) null, "done_at" timestamptz(3) null, "is_complete" boolean not null default false, "precision_class" text null, primary key ("charger_id"));`,
    );
    this.addSql(
      `alter table "charger_provisioning" add constraint "charger_provisioning_charger_id_foreign" foreign key ("charger_id") references "charger" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(`
      create function notify_charger_command() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then perform pg_notify('charger_command', new.id::text); end if;
        perform pg_notify('live', json_build_object('topic', 'charger',
          'installation', (select installation_id from charger where id = new.charger_id), 'id', new.charger_id)::text);
        return null;
      end $$;`);
    this.addSql(`create trigger charger_command_live after insert or update on "charger_command"
      for each row execute function notify_charger_command();`);
  }

  override down(): void {
    for (const table of NEW) this.addSql(`drop table "${table}";`);
    this.addSql('drop function notify_charger_command();');
  }
}
