import { Migration } from '@mikro-orm/migrations';

/** Tables whose rows name the customer whose cards are worth something else now. */
const OF_CUSTOMERS = [
  { name: 'customer_suspension', on: 'customer_suspension', column: 'customer_id', when: 'insert or update or delete' },
  { name: 'prepaid_watch', on: 'prepaid_watch', column: 'customer_id', when: 'insert or delete' },
  {
    name: 'prepaid_floor',
    on: 'prepaid_watch',
    column: 'customer_id',
    when: 'update',
    // Every look at an account writes it; only a fall to the floor, or a rise from it, changes what cards are worth.
    only: 'when ((old.floor_since is null) is distinct from (new.floor_since is null))',
  },
  {
    name: 'customer_method',
    on: 'customer',
    column: 'id',
    when: 'update',
    only: 'when (old.payment_method is distinct from new.payment_method)',
  },
] as const;

/** Cards of every kind with where and when they are good, and the lists that chargers keep of them. */
export class Migration20261127000000Tokens extends Migration {
  override up(): void {
    this.addSql(
      `alter table "token" add column "kind" text not null default 'rfid', add column "group_tag" text null, add column "valid_from" timestamptz(3) null, add column "block_reason" text null, add column "blocked_by" text null, add column "blocked_at" timestamptz(3) null;`,
    );
    this.addSql(`alter table "installation" add column "unknown_when_offline" text not null default 'refuse';`);
    this.addSql(
      `create table "token_spot" ("token_id" uuid not null, "spot_id" uuid not null, primary key ("token_id", "spot_id"));`,
    );
    this.addSql(`create index "token_spot_spot_index" on "token_spot" ("spot_id");`);
    this.addSql(`create table "token_change" ("id" bigserial primary key, "installation_id" text not null);`);
    this.addSql(
      `create table "charger_local_list" ("charger_id" text not null, "state" text not null default 'new', "protocol" text null, "connection_id" uuid null, "due_at" timestamptz(3) null, "version" int null, "held" jsonb null, "digest" text null, "entries" int not null default 0, "left_out" int not null default 0, "limits" jsonb null, "command_id" uuid null, "asked" int not null default 0, "failures" int not null default 0, "problem" text null, "sent_at" timestamptz(3) null, "in_step_at" timestamptz(3) null, primary key ("charger_id"));`,
    );
    this.addSql(
      `create index "charger_local_list_due_index" on "charger_local_list" ("due_at") where (due_at is not null);`,
    );
    this.addSql(
      `create index "charger_local_list_command_index" on "charger_local_list" ("command_id") where (command_id is not null);`,
    );
    this.addSql(
      `alter table "token_spot" add constraint "token_spot_token_id_foreign" foreign key ("token_id") references "token" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "token_spot" add constraint "token_spot_spot_id_foreign" foreign key ("spot_id") references "spot" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "charger_local_list" add constraint "charger_local_list_charger_id_foreign" foreign key ("charger_id") references "charger" ("id") on update cascade on delete cascade;`,
    );
    this.noteChanges();
  }

  /** Whatever changes what a card is worth leaves a note: whoever keeps the chargers' lists searches nothing. */
  private noteChanges(): void {
    this.addSql(`
      create function note_token_change(installations text[]) returns void language sql as $$
        insert into token_change (installation_id) select distinct id from unnest(installations) id where id is not null;
        select pg_notify('token_change', '');
      $$;`);
    this.addSql(`
      create function token_changed() returns trigger language plpgsql as $$
      begin
        perform note_token_change(array[(case when tg_op = 'DELETE' then old else new end).installation_id]);
        return null;
      end $$;`);
    this.addSql(`create trigger token_noted after insert or update or delete on "token"
      for each row execute function token_changed();`);
    this.addSql(`
      create function token_spot_changed() returns trigger language plpgsql as $$
      begin
        perform note_token_change(array(select installation_id from token
          where id = (case when tg_op = 'DELETE' then old else new end).token_id));
        return null;
      end $$;`);
    this.addSql(`create trigger token_spot_noted after insert or update or delete on "token_spot"
      for each row execute function token_spot_changed();`);
    this.addSql(`
      create function spot_holder_changed() returns trigger language plpgsql as $$
      begin
        perform note_token_change(array(select installation_id from spot
          where id = (case when tg_op = 'DELETE' then old else new end).spot_id));
        return null;
      end $$;`);
    for (const table of ['charger_placement', 'occupancy']) {
      this.addSql(`create trigger ${table}_noted after insert or update or delete on "${table}"
        for each row execute function spot_holder_changed();`);
    }
    this.addSql(`
      create function token_customer_changed() returns trigger language plpgsql as $$
      declare whose text := to_jsonb(case when tg_op = 'DELETE' then old else new end) ->> tg_argv[0];
      begin
        perform note_token_change(array(
          select installation_id from token where customer_id = whose
          union select spot.installation_id from occupancy join spot on spot.id = occupancy.spot_id
          where occupancy.customer_id = whose));
        return null;
      end $$;`);
    for (const { name, on, column, when, ...more } of OF_CUSTOMERS) {
      this.addSql(`create trigger ${name}_cards_noted after ${when} on "${on}"
        for each row ${'only' in more ? more.only : ''} execute function token_customer_changed('${column}');`);
    }
    this.addSql(`
      create function offline_rule_changed() returns trigger language plpgsql as $$
      begin
        perform note_token_change(array[new.id]);
        return null;
      end $$;`);
    this.addSql(`create trigger installation_cards_noted after update of unknown_when_offline on "installation"
      for each row execute function offline_rule_changed();`);
  }

  override down(): void {
    for (const { name, on } of OF_CUSTOMERS) this.addSql(`drop trigger ${name}_cards_noted on "${on}";`);
    this.addSql('drop trigger installation_cards_noted on "installation";');
    this.addSql('drop trigger token_noted on "token";');
    for (const table of ['charger_placement', 'occupancy']) {
      this.addSql(`drop trigger ${table}_noted on "${table}";`);
    }
    for (const table of ['charger_local_list', 'token_change', 'token_spot']) this.addSql(`drop table "${table}";`);
    for (const name of [
      'token_changed()',
      'token_spot_changed()',
      'spot_holder_changed()',
      'token_customer_changed()',
      'offline_rule_changed()',
      'note_token_change(text[])',
    ]) {
      this.addSql(`drop function ${name};`);
    }
    this.addSql(`alter table "installation" drop column "unknown_when_offline";`);
    this.addSql(
      `alter table "token" drop column "kind", drop column "group_tag", drop column "valid_from", drop column "block_reason", drop column "blocked_by", drop column "blocked_at";`,
    );
  }
}
