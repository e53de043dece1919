import { Migration } from '@mikro-orm/migrations';

/** Tables of this step, in the order in which they can be dropped. */
const NEW = [
  'adjustment_line',
  'adjustment',
  'plan_charge',
  'series_value',
  'price_series',
  'reading_correction',
  'reading_seal',
  'reconciliation_line',
  'retailer_invoice_line',
  'retailer_invoice',
  'imputed_line',
  'calendar',
  'holiday',
  'former_card_holder',
] as const;

/** Tables whose rows remember when they last changed: what was rated before is looked at again. */
const TOUCHED = ['price_plan', 'band_price', 'plan_charge', 'series_value', 'charger_placement', 'occupancy'] as const;

/** Calendars and holidays as data, price components and charges, imputation, adjustments, seals over the readings. */
export class Migration20261124000001TariffsAndImputation extends Migration {
  override up(): void {
    this.addSql(
      `create table "holiday" ("id" uuid not null default uuidv7(), "country" text not null, "municipality" text not null default '', "name" text not null, "rule" jsonb not null, "year_from" int null, "year_to" int null, "source" text not null, "created_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );
    this.addSql(
      `alter table "holiday" add constraint "holiday_name_unique" unique ("country", "municipality", "name");`,
    );
    this.addSql(
      `create table "adjustment" ("id" uuid not null default uuidv7(), "cycle_id" uuid not null, "customer_id" text not null, "net_cents" bigint not null, "reasons" text[] not null default '{}', "state" text not null default 'proposed', "found_at" timestamptz(3) not null, "decided_at" timestamptz(3) null, "decided_by" text null, "document_id" uuid null, primary key ("id"));`,
    );
    this.addSql(`create index "adjustment_cycle_index" on "adjustment" ("cycle_id", "customer_id");`);
    this.addSql(`create index "adjustment_state_index" on "adjustment" ("state", "customer_id");`);
    this.addSql(
      `create table "adjustment_line" ("adjustment_id" uuid not null, "position" int not null, "kind" text not null, "party" text not null, "spot_name" text null, "charger_id" text null, "season" text null, "day_type" text null, "band" text null, "label" text not null, "interval" text null, "wh" bigint null, "estimated_wh" bigint null, "estimated_error_wh" bigint null, "micros_per_kwh" bigint null, "is_average_price" boolean not null default false, "net_cents" bigint not null, "vat_code" text not null, "exemption_code" text null, primary key ("adjustment_id", "position"));`,
    );
    this.addSql(
      `create table "price_series" ("id" text not null, "name" text not null, "kind" text not null, "clock_zone" text not null, "resolution_minutes" int not null, "currency" text null, "source" text null, "created_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );
    this.addSql(
      `create table "plan_charge" ("id" uuid not null default uuidv7(), "plan_id" uuid not null, "party" text not null, "code" text not null, "label" text not null, "unit" text not null, "micros" bigint not null, "share_by" text not null, "vat_code" text not null default 'NOR', "exemption_code" text null, "valid_from" date not null, "valid_to" date null, "source" text null, "changed_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );
    this.addSql(
      `alter table "plan_charge" add constraint "plan_charge_from_unique" unique ("plan_id", "party", "code", "valid_from");`,
    );
    this.addSql(
      `create table "reading_seal" ("charger_id" text not null, "up_to_reading_id" bigint not null, "readings" bigint not null, "head" text not null, "sealed_at" timestamptz(3) not null, primary key ("charger_id", "up_to_reading_id"));`,
    );
    this.addSql(
      `create table "reading_correction" ("id" bigserial primary key, "charger_id" text not null, "reading_id" bigint not null, "kind" text not null, "reason" text not null, "by" text not null, "at" timestamptz(3) not null default clock_timestamp());`,
    );
    this.addSql(
      `create index "reading_correction_charger_index" on "reading_correction" ("charger_id", "reading_id", "id");`,
    );
    this.addSql(`create index "reading_correction_reading_index" on "reading_correction" ("reading_id", "id");`);
    this.addSql(
      `create table "reconciliation_line" ("cycle_id" uuid not null, "position" int not null, "side" text not null, "code" text not null, "wh" bigint null, "net_cents" bigint not null, primary key ("cycle_id", "position"));`,
    );
    this.addSql(
      `create table "retailer_invoice" ("id" uuid not null default uuidv7(), "installation_id" text not null, "period" text not null, "number" text not null, "issue_date" date null, "period_from" date not null, "period_to" date not null, "net_cents" bigint not null, "vat_cents" bigint not null, "total_cents" bigint not null, "entered_at" timestamptz(3) not null, "entered_by" text not null, primary key ("id"));`,
    );
    this.addSql(`create index "retailer_invoice_period_index" on "retailer_invoice" ("installation_id", "period");`);
    this.addSql(
      `alter table "retailer_invoice" add constraint "retailer_invoice_number_unique" unique ("installation_id", "number");`,
    );
    this.addSql(
      `create table "retailer_invoice_line" ("invoice_id" uuid not null, "position" int not null, "kind" text not null, "band" text null, "code" text null, "label" text not null, "wh" bigint null, "net_cents" bigint not null, primary key ("invoice_id", "position"));`,
    );
    this.addSql(
      `create table "series_value" ("series_id" text not null, "starts_at" timestamptz(3) not null, "micros" bigint not null, "changed_at" timestamptz(3) not null default now(), primary key ("series_id", "starts_at"));`,
    );
    this.addSql(
      `create table "calendar" ("id" text not null, "content" jsonb not null, "created_at" timestamptz(3) not null default now(), "created_by" text not null, primary key ("id"));`,
    );
    this.addSql(
      `create table "imputed_line" ("id" uuid not null default uuidv7(), "cycle_id" uuid not null, "customer_id" text null, "spot_id" uuid null, "position" int not null, "party" text not null, "code" text not null, "label" text not null, "unit" text not null, "micros" bigint not null, "from_date" date not null, "days" int not null, "share_by" text not null, "total_cents" bigint not null, "weight" bigint not null, "total_weight" bigint not null, "net_cents" bigint not null, "vat_code" text not null, "exemption_code" text null, primary key ("id"));`,
    );
    this.addSql(`create index "imputed_line_cycle_index" on "imputed_line" ("cycle_id", "customer_id");`);
    this.addSql(`alter table "issuer" add "vat_rounding" text not null default 'group';`);
    this.addSql(`alter table "installation" add "country" text not null default 'PT', add "municipality" text null;`);
    this.addSql(
      `alter table "billing_cycle" add "bill_cents" bigint null, add "bill_source" text null, add "rated_up_to_reading_id" bigint null, add "inputs_as_of" timestamptz(3) null, add "readings_seal" text null;`,
    );
    this.addSql(
      `alter table "fiscal_document" add "vat_rounding" text not null default 'group', add "references_document_id" uuid null, add "reason" text null;`,
    );
    this.addSql(
      `alter table "fiscal_document" add constraint "fiscal_document_references_document_id_foreign" foreign key ("references_document_id") references "fiscal_document" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "document_line" add "vat_cents" bigint null, add "exemption_code" text null, add "party" text not null default 'retailer', add "estimated_error_wh" bigint null, add "is_average_price" boolean not null default false, add "adjusts_period" text null, add "credits_line_no" int null;`,
    );
    this.addSql(
      `alter table "price_plan" add "retailer" text null, add "vat_code" text not null default 'NOR', add "exemption_code" text null, add "index_series_id" text null, add "losses_series_id" text null, add "losses_ppm" int not null default 1000000, add "factor_ppm" int not null default 1000000, add "margin_micros" bigint not null default '0', add "changed_at" timestamptz(3) not null default now();`,
    );
    this.addSql(
      `alter table "price_plan" add constraint "price_plan_index_series_id_foreign" foreign key ("index_series_id") references "price_series" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "price_plan" add constraint "price_plan_losses_series_id_foreign" foreign key ("losses_series_id") references "price_series" ("id") on delete set null;`,
    );
    this.addSql(`alter table "band_price" drop constraint "band_price_from_unique";`);
    this.addSql(
      `alter table "band_price" add "component" text not null default 'energy', add "changed_at" timestamptz(3) not null default now();`,
    );
    this.addSql(
      `alter table "band_price" add constraint "band_price_from_unique" unique ("plan_id", "band", "direction", "component", "valid_from");`,
    );
    this.addSql(
      `alter table "rated_line" add "estimated_error_wh" bigint not null default '0', add "is_average_price" boolean not null default false, add "price_parts" jsonb null, add "vat_code" text not null default 'NOR', add "exemption_code" text null;`,
    );
    this.addSql(`alter table "occupancy" add "changed_at" timestamptz(3) not null default now();`);
    this.addSql(
      `alter table "charger_placement" add "sharing" text not null default 'occupant', add "changed_at" timestamptz(3) not null default now();`,
    );
    this.addSql(
      `alter table "adjustment" add constraint "adjustment_cycle_id_foreign" foreign key ("cycle_id") references "billing_cycle" ("id");`,
    );
    this.addSql(
      `alter table "adjustment" add constraint "adjustment_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "adjustment" add constraint "adjustment_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "adjustment_line" add constraint "adjustment_line_adjustment_id_foreign" foreign key ("adjustment_id") references "adjustment" ("id");`,
    );
    this.addSql(
      `alter table "plan_charge" add constraint "plan_charge_plan_id_foreign" foreign key ("plan_id") references "price_plan" ("id");`,
    );
    this.addSql(
      `alter table "reading_seal" add constraint "reading_seal_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "reading_correction" add constraint "reading_correction_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "reading_correction" add constraint "reading_correction_reading_id_foreign" foreign key ("reading_id") references "meter_reading" ("id");`,
    );
    this.addSql(
      `alter table "reconciliation_line" add constraint "reconciliation_line_cycle_id_foreign" foreign key ("cycle_id") references "billing_cycle" ("id");`,
    );
    this.addSql(
      `alter table "retailer_invoice" add constraint "retailer_invoice_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "retailer_invoice_line" add constraint "retailer_invoice_line_invoice_id_foreign" foreign key ("invoice_id") references "retailer_invoice" ("id");`,
    );
    this.addSql(
      `alter table "series_value" add constraint "series_value_series_id_foreign" foreign key ("series_id") references "price_series" ("id");`,
    );
    this.addSql(
      `alter table "imputed_line" add constraint "imputed_line_cycle_id_foreign" foreign key ("cycle_id") references "billing_cycle" ("id");`,
    );
    this.addSql(
      `alter table "imputed_line" add constraint "imputed_line_customer_id_foreign" foreign key ("customer_id") references "customer" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "imputed_line" add constraint "imputed_line_spot_id_foreign" foreign key ("spot_id") references "spot" ("id") on delete set null;`,
    );
    this.addSql(`drop index "meter_reading_charger_index";`);
    this.addSql(`create index "meter_reading_charger_index" on "meter_reading" ("charger_id", "connector_id", "at");`);
    this.addSql(`create index "meter_reading_chain_index" on "meter_reading" ("charger_id", "id");`);
    this.addSql(
      `create index "charging_transaction_end_index" on "charging_transaction" ("charger_id", "stopped_at");`,
    );
    this.addSql(
      `create index "charging_transaction_stray_index" on "charging_transaction" ("charger_id") where (flags && array['implausible-time', 'reading-after-stop']);`,
    );
    this.addSql(
      `create index "charging_transaction_fell_index" on "charging_transaction" ("charger_id") where (flags && array['register-fell']);`,
    );
    this.addSql(`create index "token_card_index" on "token" ("installation_id", lower("id_tag"));`);
    // A month is rated from this index alone, without a visit to the table, where readings lie as they arrived:
    // those of one charger each on a page of its own. That needs pages marked as visible, so vacuum follows closely.
    this.addSql('drop index meter_reading_once;');
    this.addSql(`create unique index meter_reading_once on meter_reading
      (charger_id, connector_id, transaction_id, at, import_wh, export_wh) include (id) nulls not distinct;`);
    this.addSql(`alter table meter_reading
      set (autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 100000);`);
    this.addSql(`create unique index imputed_line_once on imputed_line (cycle_id, customer_id, spot_id, party, code, from_date)
      nulls not distinct;`);
    this.addSql(`create unique index adjustment_carried_once on adjustment (cycle_id, customer_id)
      where reasons = array['credit-carried']::text[];`);
    for (const table of ['reading_seal', 'reading_correction']) {
      this.addSql(`create trigger ${table}_immutable before update or delete on ${table}
        for each row execute function refuse_change();`);
    }
    this.addSql(`
      create function touch_changed_at() returns trigger language plpgsql as $$
      begin
        new.changed_at := clock_timestamp();
        return new;
      end $$;`);
    this.addSql(
      `create table "former_card_holder" ("token_id" uuid not null, "until" timestamptz(3) not null, "customer_id" text not null, primary key ("token_id", "until"));`,
    );
    this.addSql(
      `alter table "former_card_holder" add constraint "former_card_holder_token_id_foreign" foreign key ("token_id") references "token" ("id");`,
    );
    this.addSql(
      `alter table "former_card_holder" add constraint "former_card_holder_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    // A card given to another customer is theirs from now on; what was charged with it before stays whose it was. A card
    // that was nobody's becomes somebody's with all it ever charged.
    this.addSql(`
      create function keep_former_card_holder() returns trigger language plpgsql as $$
      begin
        insert into former_card_holder (token_id, until, customer_id)
          values (old.id, clock_timestamp(), old.customer_id) on conflict do nothing;
        return new;
      end $$;`);
    this.addSql(`create trigger token_former_holder before update of customer_id on token for each row
      when (old.customer_id is not null and old.customer_id is distinct from new.customer_id)
      execute function keep_former_card_holder();`);
    for (const table of TOUCHED) {
      this.addSql(`create trigger ${table}_touch before insert or update on "${table}"
        for each row execute function touch_changed_at();`);
    }
  }

  override down(): void {
    this.addSql('drop trigger token_former_holder on token;');
    this.addSql('drop function keep_former_card_holder();');
    for (const table of TOUCHED) this.addSql(`drop trigger ${table}_touch on "${table}";`);
    this.addSql('drop function touch_changed_at();');
    for (const table of ['reading_seal', 'reading_correction']) {
      this.addSql(`drop trigger ${table}_immutable on ${table};`);
    }
    this.addSql('drop index imputed_line_once;');
    this.addSql(`alter table meter_reading
      reset (autovacuum_vacuum_insert_scale_factor, autovacuum_vacuum_insert_threshold);`);
    this.addSql('drop index meter_reading_once;');
    this.addSql(`create unique index meter_reading_once on meter_reading
      (charger_id, connector_id, transaction_id, at, import_wh, export_wh) nulls not distinct;`);
    this.addSql('drop index "token_card_index";');
    this.addSql('drop index "charging_transaction_fell_index";');
    this.addSql('drop index "charging_transaction_stray_index";');
    this.addSql('drop index "charging_transaction_end_index";');
    this.addSql('drop index "meter_reading_chain_index";');
    this.addSql('drop index "meter_reading_charger_index";');
    this.addSql('create index "meter_reading_charger_index" on "meter_reading" ("charger_id", "at");');
    this.addSql('drop index adjustment_carried_once;');
    this.addSql('alter table band_price drop constraint band_price_from_unique;');
    this.addSql(`alter table "issuer" drop column "vat_rounding";`);
    this.addSql(`alter table "installation" drop column "country", drop column "municipality";`);
    this.addSql(
      `alter table "billing_cycle" drop column "bill_cents", drop column "bill_source", drop column "rated_up_to_reading_id", drop column "inputs_as_of", drop column "readings_seal";`,
    );
    this.addSql(
      `alter table "fiscal_document" drop column "vat_rounding", drop column "references_document_id", drop column "reason";`,
    );
    this.addSql(
      `alter table "document_line" drop column "vat_cents", drop column "exemption_code", drop column "party", drop column "estimated_error_wh", drop column "is_average_price", drop column "adjusts_period", drop column "credits_line_no";`,
    );
    this.addSql(
      `alter table "price_plan" drop column "retailer", drop column "vat_code", drop column "exemption_code", drop column "index_series_id", drop column "losses_series_id", drop column "losses_ppm", drop column "factor_ppm", drop column "margin_micros", drop column "changed_at";`,
    );
    this.addSql(`alter table "band_price" drop column "component", drop column "changed_at";`);
    this.addSql(
      `alter table "rated_line" drop column "estimated_error_wh", drop column "is_average_price", drop column "price_parts", drop column "vat_code", drop column "exemption_code";`,
    );
    this.addSql(`alter table "occupancy" drop column "changed_at";`);
    this.addSql(`alter table "charger_placement" drop column "sharing", drop column "changed_at";`);
    this.addSql(
      'alter table band_price add constraint band_price_from_unique unique (plan_id, band, direction, valid_from);',
    );
    for (const table of NEW) this.addSql(`drop table "${table}";`);
  }
}
