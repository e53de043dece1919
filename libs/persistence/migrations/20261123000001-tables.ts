import { Migration } from '@mikro-orm/migrations';

/** Every table of the first release, as the entities describe them. Guards that no entity can say are in the next one. */
export class Migration20261123000001Tables extends Migration {
  override up(): void {
    this.addSql(
      `create table "condominium" ("id" text not null, "name" text not null, "nif" text not null, "address" text not null, "postal_code" text not null, "city" text not null, "manager_name" text not null, "manager_email" text not null, "iban" text null, primary key ("id"));`,
    );
    this.addSql(
      `create table "api_token" ("id" uuid not null default uuidv7(), "token_hash" text not null, "name" text not null, "role" text not null, "condominium_id" text null, "created_at" timestamptz(3) not null default now(), "expires_at" timestamptz(3) null, "revoked_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "api_token" add constraint "api_token_hash_unique" unique ("token_hash");`);
    this.addSql(
      `create table "connection_refusal" ("charge_point_id" text not null, "reason" text not null, "day" date not null, "times" int not null, "last_at" timestamptz(3) not null, primary key ("charge_point_id", "reason", "day"));`,
    );
    this.addSql(
      `create table "customer" ("id" text not null, "condominium_id" text not null, "name" text not null, "nif" text null, "email" text null, "address" text null, "postal_code" text null, "city" text null, "language" text not null default 'pt', "payment_method" text not null default 'transfer', "stripe_customer_id" text null, "created_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );
    this.addSql(`create index "customer_condominium_index" on "customer" ("condominium_id");`);
    this.addSql(
      `create table "app_user" ("id" uuid not null default uuidv7(), "email" text not null, "name" text not null, "password_hash" text not null, "role" text not null, "condominium_id" text null, "customer_id" text null, "language" text not null default 'pt', "created_at" timestamptz(3) not null default now(), "disabled_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "app_user" add constraint "app_user_email_unique" unique ("email");`);
    this.addSql(
      `create table "idempotency_record" ("actor" text not null, "key" text not null, "request" text not null, "status" int null, "body" jsonb null, "created_at" timestamptz(3) not null default now(), primary key ("actor", "key"));`,
    );
    this.addSql(
      `create table "issuer" ("id" text not null, "name" text not null, "nif" text not null, "address" text not null, "postal_code" text not null, "city" text not null, "country" text not null default 'PT', "email" text not null, "iban" text null, "software_certificate" text null, primary key ("id"));`,
    );
    this.addSql(
      `create table "installation" ("id" text not null, "condominium_id" text not null, "issuer_id" text not null, "name" text not null, "cpe" text null, "time_zone" text not null default 'Europe/Lisbon', "currency" text not null default 'EUR', "language" text not null default 'pt', "region" text not null default 'PT', "created_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );
    this.addSql(
      `create table "installation_policy" ("id" uuid not null default uuidv7(), "installation_id" text not null, "valid_from" date not null, "policy" jsonb not null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "installation_policy" add constraint "installation_policy_from_unique" unique ("installation_id", "valid_from");`,
    );
    this.addSql(
      `create table "circuit" ("id" uuid not null default uuidv7(), "installation_id" text not null, "parent_id" uuid null, "name" text not null, "max_current_a" int not null, "position" int not null default 0, primary key ("id"));`,
    );
    this.addSql(`alter table "circuit" add constraint "circuit_name_unique" unique ("installation_id", "name");`);
    this.addSql(
      `create table "charger" ("id" text not null, "installation_id" text not null, "label" text not null, "password_hash" text null, "vendor" text null, "model" text null, "firmware" text null, "online" boolean not null default false, "last_seen_at" timestamptz(3) null, "created_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );
    this.addSql(`create index "charger_installation_index" on "charger" ("installation_id");`);
    this.addSql(
      `create table "connector_state" ("charger_id" text not null, "connector_id" int not null, "status" text not null, "error_code" text null, "power_w" int null, "offered_w" int null, "transaction_id" int null, "import_wh" bigint null, "updated_at" timestamptz(3) not null, primary key ("charger_id", "connector_id"));`,
    );
    this.addSql(
      `create table "billing_cycle" ("id" uuid not null default uuidv7(), "installation_id" text not null, "period" text not null, "starts_at" timestamptz(3) not null, "ends_at" timestamptz(3) not null, "workflow_id" text not null, "step" text not null, "step_since" timestamptz(3) not null, "waits_for" text null, "done" int not null default 0, "total" int not null default 0, "closed_at" timestamptz(3) null, "rated_at" timestamptz(3) null, "total_wh" bigint not null default '0', "total_cents" bigint not null default '0', "unattributed_wh" bigint not null default '0', "unattributed_by_charger" jsonb null, "finished_at" timestamptz(3) null, "outcome" text null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "billing_cycle" add constraint "billing_cycle_period_unique" unique ("installation_id", "period");`,
    );
    this.addSql(
      `create table "anomaly" ("id" uuid not null default uuidv7(), "cycle_id" uuid not null, "code" text not null, "subject" text not null, "detail" jsonb not null, "created_at" timestamptz(3) not null default now(), "accepted_at" timestamptz(3) null, "accepted_by" text null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "anomaly" add constraint "anomaly_subject_unique" unique ("cycle_id", "code", "subject");`,
    );
    this.addSql(
      `create table "audit_entry" ("id" bigserial primary key, "at" timestamptz(3) not null default now(), "actor" text not null, "action" text not null, "subject" text not null, "installation_id" text null, "before" jsonb null, "after" jsonb null);`,
    );
    this.addSql(`create index "audit_entry_subject_index" on "audit_entry" ("subject", "at");`);
    this.addSql(
      `create table "document_series" ("id" uuid not null default uuidv7(), "issuer_id" text not null, "type" text not null, "code" text not null, "validation_code" text null, "last_number" int not null default 0, primary key ("id"));`,
    );
    this.addSql(
      `alter table "document_series" add constraint "document_series_unique" unique ("issuer_id", "type", "code");`,
    );
    this.addSql(
      `create table "fiscal_document" ("id" uuid not null default uuidv7(), "series_id" uuid not null, "number" int not null, "number_text" text not null, "type" text not null, "installation_id" text not null, "customer_id" text not null, "cycle_id" uuid null, "issued_at" timestamptz(3) not null, "issue_date" date not null, "due_date" date not null, "due_at" timestamptz(3) not null, "period_from" date not null, "period_to" date not null, "currency" text not null, "net_cents" bigint not null, "vat_cents" bigint not null, "gross_cents" bigint not null, "vat_groups" jsonb not null, "issuer_snapshot" jsonb not null, "customer_snapshot" jsonb not null, "payment_method" text not null, "key" text not null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "fiscal_document" add constraint "fiscal_document_number_text_unique" unique ("number_text");`,
    );
    this.addSql(`alter table "fiscal_document" add constraint "fiscal_document_key_unique" unique ("key");`);
    this.addSql(`create index "fiscal_document_customer_index" on "fiscal_document" ("customer_id", "issued_at");`);
    this.addSql(`create index "fiscal_document_cycle_index" on "fiscal_document" ("cycle_id");`);
    this.addSql(
      `alter table "fiscal_document" add constraint "fiscal_document_series_number_unique" unique ("series_id", "number");`,
    );
    this.addSql(
      `create table "document_line" ("document_id" uuid not null, "line_no" int not null, "kind" text not null, "spot_name" text null, "charger_id" text null, "season" text null, "day_type" text null, "band" text null, "label" text not null, "interval" text null, "wh" bigint null, "estimated_wh" bigint null, "micros_per_kwh" bigint null, "net_cents" bigint not null, "vat_rate_permyriad" int not null, "vat_code" text not null, primary key ("document_id", "line_no"));`,
    );
    this.addSql(
      `create table "collection" ("document_id" uuid not null, "installation_id" text not null, "customer_id" text not null, "cycle_id" uuid null, "method" text not null, "step" text not null, "step_since" timestamptz(3) not null, "waits_for" text null, "next_action_at" timestamptz(3) null, "outcome" text null, "reason" text null, "workflow_id" text not null, primary key ("document_id"));`,
    );
    this.addSql(`create index "collection_cycle_index" on "collection" ("cycle_id", "outcome");`);
    this.addSql(`create index "collection_customer_index" on "collection" ("customer_id");`);
    this.addSql(
      `create table "arrears_case" ("document_id" uuid not null, "installation_id" text not null, "customer_id" text not null, "cause" text not null, "stage" text not null, "stage_since" timestamptz(3) not null, "next_stage" text null, "next_action_at" timestamptz(3) null, "paused_reason" text null, "opened_at" timestamptz(3) not null, "closed_at" timestamptz(3) null, "outcome" text null, "workflow_id" text not null, primary key ("document_id"));`,
    );
    this.addSql(`create index "arrears_case_installation_index" on "arrears_case" ("installation_id", "closed_at");`);
    this.addSql(`create index "arrears_case_customer_index" on "arrears_case" ("customer_id");`);
    this.addSql(
      `create table "arrears_step" ("document_id" uuid not null, "stage" text not null, "at" timestamptz(3) not null, "due_cents" bigint not null, "detail" jsonb not null, primary key ("document_id", "stage"));`,
    );
    this.addSql(
      `create table "journal_entry" ("id" uuid not null default uuidv7(), "key" text not null, "kind" text not null, "description" text not null, "document_id" uuid null, "occurred_at" timestamptz(3) not null, "posted_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "journal_entry" add constraint "journal_entry_key_unique" unique ("key");`);
    this.addSql(`create index "journal_entry_document_index" on "journal_entry" ("document_id");`);
    this.addSql(
      `create table "ledger_account" ("id" uuid not null default uuidv7(), "code" text not null, "kind" text not null, "condominium_id" text null, "customer_id" text null, "currency" text not null, primary key ("id"));`,
    );
    this.addSql(`alter table "ledger_account" add constraint "ledger_account_code_unique" unique ("code");`);
    this.addSql(`create index "ledger_account_customer_index" on "ledger_account" ("customer_id");`);
    this.addSql(`create index "ledger_account_condominium_index" on "ledger_account" ("condominium_id");`);
    this.addSql(
      `create table "mail" ("id" uuid not null default uuidv7(), "key" text not null, "installation_id" text null, "customer_id" text null, "recipient" text not null, "subject" text not null, "body" text not null, "attachment_ids" uuid[] not null default '{}', "created_at" timestamptz(3) not null default now(), "sent_at" timestamptz(3) null, "attempts" int not null default 0, "last_error" text null, primary key ("id"));`,
    );
    this.addSql(`alter table "mail" add constraint "mail_key_unique" unique ("key");`);
    this.addSql(`create index "mail_unsent_index" on "mail" ("sent_at", "created_at");`);
    this.addSql(`create index "mail_customer_index" on "mail" ("customer_id");`);
    this.addSql(
      `create table "mandate" ("id" uuid not null default uuidv7(), "customer_id" text not null, "stripe_setup_intent_id" text not null, "stripe_payment_method_id" text null, "stripe_mandate_id" text null, "iban_last4" text null, "status" text not null, "acceptance" jsonb not null, "created_at" timestamptz(3) not null default now(), "active_at" timestamptz(3) null, "inactive_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "mandate" add constraint "mandate_setup_intent_unique" unique ("stripe_setup_intent_id");`,
    );
    this.addSql(`create index "mandate_customer_index" on "mandate" ("customer_id", "status");`);
    this.addSql(
      `create table "ocpp_message" ("id" bigserial primary key, "charger_id" text not null, "received_at" timestamptz(3) not null, "message_id" text not null, "action" text not null, "payload" jsonb not null, "answer" jsonb not null, "key" text not null);`,
    );
    this.addSql(`alter table "ocpp_message" add constraint "ocpp_message_key_unique" unique ("key");`);
    this.addSql(`create index "ocpp_message_charger_index" on "ocpp_message" ("charger_id", "received_at");`);
    this.addSql(
      `create table "charging_transaction" ("id" serial primary key, "charger_id" text not null, "connector_id" int not null, "id_tag" text null, "started_at" timestamptz(3) not null, "stopped_at" timestamptz(3) null, "meter_start_wh" bigint null, "meter_stop_wh" bigint null, "stop_reason" text null, "start_message_id" bigint null, "stop_message_id" bigint null, "flags" text[] not null default '{}', "start_key" text not null, "last_reading_at" timestamptz(3) null);`,
    );
    this.addSql(
      `alter table "charging_transaction" add constraint "charging_transaction_start_key_unique" unique ("start_key");`,
    );
    this.addSql(
      `create index "charging_transaction_charger_index" on "charging_transaction" ("charger_id", "connector_id", "started_at");`,
    );
    this.addSql(`create index "charging_transaction_stopped_index" on "charging_transaction" ("stopped_at");`);
    this.addSql(
      `create table "meter_reading" ("id" bigserial primary key, "charger_id" text not null, "connector_id" int not null, "transaction_id" int null, "at" timestamptz(3) not null, "import_wh" bigint not null, "export_wh" bigint null, "context" text not null, "message_id" bigint not null);`,
    );
    this.addSql(`create index "meter_reading_charger_index" on "meter_reading" ("charger_id", "at");`);
    this.addSql(`create index "meter_reading_transaction_index" on "meter_reading" ("transaction_id", "at");`);
    this.addSql(
      `create table "oddity" ("id" bigserial primary key, "installation_id" text not null, "charger_id" text not null, "transaction_id" int null, "message_id" bigint null, "code" text not null, "detail" jsonb not null, "at" timestamptz(3) not null, "resolved_at" timestamptz(3) null, "resolved_by" text null, "key" text not null);`,
    );
    this.addSql(`alter table "oddity" add constraint "oddity_key_unique" unique ("key");`);
    this.addSql(`create index "oddity_installation_index" on "oddity" ("installation_id", "at");`);
    this.addSql(
      `create table "payment_attempt" ("id" uuid not null default uuidv7(), "document_id" uuid not null, "attempt_no" int not null, "method" text not null, "mandate_id" uuid null, "amount_cents" bigint not null, "provider_payment_id" text null, "state" text not null, "failure_code" text null, "provider_failure_code" text null, "created_at" timestamptz(3) not null default now(), "settled_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "payment_attempt" add constraint "payment_attempt_provider_unique" unique ("provider_payment_id");`,
    );
    this.addSql(
      `alter table "payment_attempt" add constraint "payment_attempt_no_unique" unique ("document_id", "attempt_no");`,
    );
    this.addSql(
      `create table "posting" ("entry_id" uuid not null, "account_id" uuid not null, "amount_cents" bigint not null, primary key ("entry_id", "account_id"));`,
    );
    this.addSql(`create index "posting_account_index" on "posting" ("account_id");`);
    this.addSql(
      `create table "price_plan" ("id" uuid not null default uuidv7(), "installation_id" text not null, "name" text not null, "calendar_id" text not null, "bands" int not null, "calendar_changeover" date null, "holidays_as_sunday" boolean not null default false, "valid_from" date not null, "valid_to" date null, "source" text null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "price_plan" add constraint "price_plan_from_unique" unique ("installation_id", "valid_from");`,
    );
    this.addSql(
      `create table "band_price" ("id" uuid not null default uuidv7(), "plan_id" uuid not null, "band" text not null, "direction" text not null default 'import', "valid_from" date not null, "valid_to" date null, "micros_per_kwh" bigint not null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "band_price" add constraint "band_price_from_unique" unique ("plan_id", "band", "direction", "valid_from");`,
    );
    this.addSql(
      `create table "stored_file" ("id" uuid not null default uuidv7(), "key" text not null, "file_name" text not null, "content_type" text not null, "sha256" text not null, "bytes" bytea not null, "created_at" timestamptz(3) not null default now(), primary key ("id"));`,
    );
    this.addSql(`alter table "stored_file" add constraint "stored_file_key_unique" unique ("key");`);
    this.addSql(
      `create table "token" ("id" uuid not null default uuidv7(), "installation_id" text not null, "id_tag" text not null, "customer_id" text null, "status" text not null default 'active', "expires_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "token_customer_index" on "token" ("customer_id");`);
    this.addSql(`alter table "token" add constraint "token_id_tag_unique" unique ("installation_id", "id_tag");`);
    this.addSql(
      `create table "unit" ("id" uuid not null default uuidv7(), "installation_id" text not null, "name" text not null, "permillage_hundredths" int not null, primary key ("id"));`,
    );
    this.addSql(`alter table "unit" add constraint "unit_name_unique" unique ("installation_id", "name");`);
    this.addSql(
      `create table "spot" ("id" uuid not null default uuidv7(), "installation_id" text not null, "circuit_id" uuid null, "unit_id" uuid null, "name" text not null, primary key ("id"));`,
    );
    this.addSql(`alter table "spot" add constraint "spot_name_unique" unique ("installation_id", "name");`);
    this.addSql(
      `create table "rated_line" ("id" uuid not null default uuidv7(), "cycle_id" uuid not null, "customer_id" text null, "spot_id" uuid null, "charger_id" text not null, "position" int not null, "season" text not null, "day_type" text not null, "band" text not null, "label" text not null, "interval" text not null, "direction" text not null, "wh" bigint not null, "estimated_wh" bigint not null, "micros_per_kwh" bigint not null, "cents" bigint not null, "calendar_id" text not null, primary key ("id"));`,
    );
    this.addSql(`create index "rated_line_cycle_index" on "rated_line" ("cycle_id", "customer_id");`);
    this.addSql(`create index "rated_line_customer_index" on "rated_line" ("customer_id");`);
    this.addSql(
      `create table "occupancy" ("id" uuid not null default uuidv7(), "spot_id" uuid not null, "customer_id" text not null, "kind" text not null, "from" timestamptz(3) not null, "until" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "occupancy_customer_index" on "occupancy" ("customer_id");`);
    this.addSql(
      `alter table "occupancy" add constraint "occupancy_spot_customer_from_unique" unique ("spot_id", "customer_id", "from");`,
    );
    this.addSql(
      `create table "charger_placement" ("id" uuid not null default uuidv7(), "charger_id" text not null, "spot_id" uuid not null, "from" timestamptz(3) not null, "until" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "charger_placement_charger_index" on "charger_placement" ("charger_id", "from");`);
    this.addSql(`create index "charger_placement_spot_index" on "charger_placement" ("spot_id", "from");`);
    this.addSql(
      `create table "user_session" ("token_hash" text not null, "user_id" uuid not null, "created_at" timestamptz(3) not null default now(), "expires_at" timestamptz(3) not null, primary key ("token_hash"));`,
    );
    this.addSql(`create index "user_session_user_index" on "user_session" ("user_id");`);
    this.addSql(
      `create table "webhook_event" ("id" text not null, "type" text not null, "object_id" text not null, "raw" text not null, "received_at" timestamptz(3) not null, "times" int not null default 1, "handled_at" timestamptz(3) null, "last_error" text null, primary key ("id"));`,
    );
    this.addSql(`create index "webhook_event_unhandled_index" on "webhook_event" ("handled_at", "received_at");`);
    this.addSql(
      `alter table "api_token" add constraint "api_token_condominium_id_foreign" foreign key ("condominium_id") references "condominium" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "customer" add constraint "customer_condominium_id_foreign" foreign key ("condominium_id") references "condominium" ("id");`,
    );
    this.addSql(
      `alter table "app_user" add constraint "app_user_condominium_id_foreign" foreign key ("condominium_id") references "condominium" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "app_user" add constraint "app_user_customer_id_foreign" foreign key ("customer_id") references "customer" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "installation" add constraint "installation_condominium_id_foreign" foreign key ("condominium_id") references "condominium" ("id");`,
    );
    this.addSql(
      `alter table "installation" add constraint "installation_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "installation_policy" add constraint "installation_policy_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "circuit" add constraint "circuit_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "charger" add constraint "charger_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "connector_state" add constraint "connector_state_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "billing_cycle" add constraint "billing_cycle_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "anomaly" add constraint "anomaly_cycle_id_foreign" foreign key ("cycle_id") references "billing_cycle" ("id");`,
    );
    this.addSql(
      `alter table "audit_entry" add constraint "audit_entry_installation_id_foreign" foreign key ("installation_id") references "installation" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "document_series" add constraint "document_series_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "fiscal_document" add constraint "fiscal_document_series_id_foreign" foreign key ("series_id") references "document_series" ("id");`,
    );
    this.addSql(
      `alter table "fiscal_document" add constraint "fiscal_document_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "fiscal_document" add constraint "fiscal_document_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "fiscal_document" add constraint "fiscal_document_cycle_id_foreign" foreign key ("cycle_id") references "billing_cycle" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "document_line" add constraint "document_line_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id");`,
    );
    this.addSql(
      `alter table "collection" add constraint "collection_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "collection" add constraint "collection_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "collection" add constraint "collection_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "collection" add constraint "collection_cycle_id_foreign" foreign key ("cycle_id") references "billing_cycle" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "arrears_case" add constraint "arrears_case_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "arrears_case" add constraint "arrears_case_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "arrears_case" add constraint "arrears_case_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "arrears_step" add constraint "arrears_step_document_id_foreign" foreign key ("document_id") references "arrears_case" ("document_id");`,
    );
    this.addSql(
      `alter table "ledger_account" add constraint "ledger_account_condominium_id_foreign" foreign key ("condominium_id") references "condominium" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "ledger_account" add constraint "ledger_account_customer_id_foreign" foreign key ("customer_id") references "customer" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "mail" add constraint "mail_installation_id_foreign" foreign key ("installation_id") references "installation" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "mail" add constraint "mail_customer_id_foreign" foreign key ("customer_id") references "customer" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "mandate" add constraint "mandate_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "ocpp_message" add constraint "ocpp_message_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "charging_transaction" add constraint "charging_transaction_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "charging_transaction" add constraint "charging_transaction_start_message_id_foreign" foreign key ("start_message_id") references "ocpp_message" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "charging_transaction" add constraint "charging_transaction_stop_message_id_foreign" foreign key ("stop_message_id") references "ocpp_message" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "meter_reading" add constraint "meter_reading_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "meter_reading" add constraint "meter_reading_transaction_id_foreign" foreign key ("transaction_id") references "charging_transaction" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "meter_reading" add constraint "meter_reading_message_id_foreign" foreign key ("message_id") references "ocpp_message" ("id");`,
    );
    this.addSql(
      `alter table "oddity" add constraint "oddity_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "oddity" add constraint "oddity_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "oddity" add constraint "oddity_transaction_id_foreign" foreign key ("transaction_id") references "charging_transaction" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "oddity" add constraint "oddity_message_id_foreign" foreign key ("message_id") references "ocpp_message" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "payment_attempt" add constraint "payment_attempt_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id");`,
    );
    this.addSql(
      `alter table "payment_attempt" add constraint "payment_attempt_mandate_id_foreign" foreign key ("mandate_id") references "mandate" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "posting" add constraint "posting_entry_id_foreign" foreign key ("entry_id") references "journal_entry" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "posting" add constraint "posting_account_id_foreign" foreign key ("account_id") references "ledger_account" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "price_plan" add constraint "price_plan_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "band_price" add constraint "band_price_plan_id_foreign" foreign key ("plan_id") references "price_plan" ("id");`,
    );
    this.addSql(
      `alter table "token" add constraint "token_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "token" add constraint "token_customer_id_foreign" foreign key ("customer_id") references "customer" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "unit" add constraint "unit_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "spot" add constraint "spot_installation_id_foreign" foreign key ("installation_id") references "installation" ("id");`,
    );
    this.addSql(
      `alter table "spot" add constraint "spot_circuit_id_foreign" foreign key ("circuit_id") references "circuit" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "spot" add constraint "spot_unit_id_foreign" foreign key ("unit_id") references "unit" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "rated_line" add constraint "rated_line_cycle_id_foreign" foreign key ("cycle_id") references "billing_cycle" ("id");`,
    );
    this.addSql(
      `alter table "rated_line" add constraint "rated_line_customer_id_foreign" foreign key ("customer_id") references "customer" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "rated_line" add constraint "rated_line_spot_id_foreign" foreign key ("spot_id") references "spot" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "rated_line" add constraint "rated_line_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "occupancy" add constraint "occupancy_spot_id_foreign" foreign key ("spot_id") references "spot" ("id");`,
    );
    this.addSql(
      `alter table "occupancy" add constraint "occupancy_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "charger_placement" add constraint "charger_placement_charger_id_foreign" foreign key ("charger_id") references "charger" ("id");`,
    );
    this.addSql(
      `alter table "charger_placement" add constraint "charger_placement_spot_id_foreign" foreign key ("spot_id") references "spot" ("id");`,
    );
    this.addSql(
      `alter table "user_session" add constraint "user_session_user_id_foreign" foreign key ("user_id") references "app_user" ("id");`,
    );
  }

  override down(): void {
    this.addSql('drop table if exists "webhook_event" cascade;');
    this.addSql('drop table if exists "user_session" cascade;');
    this.addSql('drop table if exists "charger_placement" cascade;');
    this.addSql('drop table if exists "occupancy" cascade;');
    this.addSql('drop table if exists "rated_line" cascade;');
    this.addSql('drop table if exists "spot" cascade;');
    this.addSql('drop table if exists "unit" cascade;');
    this.addSql('drop table if exists "token" cascade;');
    this.addSql('drop table if exists "stored_file" cascade;');
    this.addSql('drop table if exists "band_price" cascade;');
    this.addSql('drop table if exists "price_plan" cascade;');
    this.addSql('drop table if exists "posting" cascade;');
    this.addSql('drop table if exists "payment_attempt" cascade;');
    this.addSql('drop table if exists "oddity" cascade;');
    this.addSql('drop table if exists "meter_reading" cascade;');
    this.addSql('drop table if exists "charging_transaction" cascade;');
    this.addSql('drop table if exists "ocpp_message" cascade;');
    this.addSql('drop table if exists "mandate" cascade;');
    this.addSql('drop table if exists "mail" cascade;');
    this.addSql('drop table if exists "ledger_account" cascade;');
    this.addSql('drop table if exists "journal_entry" cascade;');
    this.addSql('drop table if exists "arrears_step" cascade;');
    this.addSql('drop table if exists "arrears_case" cascade;');
    this.addSql('drop table if exists "collection" cascade;');
    this.addSql('drop table if exists "document_line" cascade;');
    this.addSql('drop table if exists "fiscal_document" cascade;');
    this.addSql('drop table if exists "document_series" cascade;');
    this.addSql('drop table if exists "audit_entry" cascade;');
    this.addSql('drop table if exists "anomaly" cascade;');
    this.addSql('drop table if exists "billing_cycle" cascade;');
    this.addSql('drop table if exists "connector_state" cascade;');
    this.addSql('drop table if exists "charger" cascade;');
    this.addSql('drop table if exists "circuit" cascade;');
    this.addSql('drop table if exists "installation_policy" cascade;');
    this.addSql('drop table if exists "installation" cascade;');
    this.addSql('drop table if exists "issuer" cascade;');
    this.addSql('drop table if exists "idempotency_record" cascade;');
    this.addSql('drop table if exists "app_user" cascade;');
    this.addSql('drop table if exists "customer" cascade;');
    this.addSql('drop table if exists "connection_refusal" cascade;');
    this.addSql('drop table if exists "api_token" cascade;');
    this.addSql('drop table if exists "condominium" cascade;');
  }
}
