import { Migration } from '@mikro-orm/migrations';

/** Circuits share their current: what each may carry, how chargers are wired, what was given and why. */
export class Migration20261126000200Circuits extends Migration {
  override up(): void {
    this.addSql(
      `alter table "circuit" add column "reserve_a" int null, add column "reading_max_age_s" int not null default 60;`,
    );
    this.addSql(
      `alter table "charger" add column "phase_rotation" text not null default 'unknown', add column "max_current_a" int not null default 32, add column "offline_current_a" int not null default 0;`,
    );
    this.addSql(
      `alter table "spot" add column "priority" int not null default 0, add column "guaranteed_a" int not null default 0;`,
    );
    this.addSql(
      `alter table "connector_state" add column "l1_deci_a" int null, add column "l2_deci_a" int null, add column "l3_deci_a" int null, add column "measured_at" timestamptz(3) null;`,
    );
    this.addSql(
      `create table "circuit_control" ("installation_id" text not null, "is_enabled" boolean not null default false, "state" jsonb null, "holder" text null, "held_until" timestamptz(3) null, primary key ("installation_id"));`,
    );
    this.addSql(
      `create index "circuit_control_enabled_index" on "circuit_control" ("installation_id") where (is_enabled);`,
    );
    this.addSql(
      `create table "main_meter_reading" ("circuit_id" uuid not null, "at" timestamptz(3) not null, "measures" text not null, "l1_deci_a" int not null, "l2_deci_a" int not null, "l3_deci_a" int not null, primary key ("circuit_id"));`,
    );
    this.addSql(
      `create table "connector_limit" ("charger_id" text not null, "connector_id" int not null, "limit_deci_a" int not null, "offered_w" int not null, "is_paused" boolean not null, "why" jsonb not null, "at" timestamptz(3) not null, primary key ("charger_id", "connector_id"));`,
    );
    this.addSql(
      `alter table "circuit_control" add constraint "circuit_control_installation_id_foreign" foreign key ("installation_id") references "installation" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "main_meter_reading" add constraint "main_meter_reading_circuit_id_foreign" foreign key ("circuit_id") references "circuit" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "connector_limit" add constraint "connector_limit_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
  }

  override down(): void {
    for (const table of ['connector_limit', 'main_meter_reading', 'circuit_control']) {
      this.addSql(`drop table "${table}";`);
    }
    this.addSql(
      `alter table "connector_state" drop column "l1_deci_a", drop column "l2_deci_a", drop column "l3_deci_a", drop column "measured_at";`,
    );
    this.addSql(`alter table "spot" drop column "priority", drop column "guaranteed_a";`);
    this.addSql(
      `alter table "charger" drop column "phase_rotation", drop column "max_current_a", drop column "offline_current_a";`,
    );
    this.addSql(`alter table "circuit" drop column "reserve_a", drop column "reading_max_age_s";`);
  }
}
