import { Migration } from '@mikro-orm/migrations';

import { guardFacts } from '../facts.js';

/** Tables of this step, in the order in which they can be dropped. */
const NEW = ['refund_order', 'top_up_order', 'prepaid_watch', 'prepaid_settings', 'payment_method_change'] as const;

/** Prepaid accounts: their rules, automatic top-ups, what goes back to who leaves, and how a month is paid. */
export class Migration20261125000004Prepaid extends Migration {
  override up(): void {
    this.addSql(
      `create table "payment_method_change" ("id" uuid not null default uuidv7(), "customer_id" text not null, "from_period" text not null, "method" text not null, "former_method" text not null, "rest" text not null default 'keep', "ordered_by" text not null, "ordered_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(
      `create index "payment_method_change_customer_index" on "payment_method_change" ("customer_id", "from_period");`,
    );
    this.addSql(
      `create table "prepaid_settings" ("id" uuid not null default uuidv7(), "customer_id" text not null, "valid_from" timestamptz(3) not null, "floor_cents" bigint not null, "low_balance_cents" bigint not null, "auto_below_cents" bigint null, "auto_amount_cents" bigint null, "auto_month_maximum_cents" bigint null, "auto_consent" jsonb null, "set_by" text not null, primary key ("id"));`,
    );
    this.addSql(`create index "prepaid_settings_customer_index" on "prepaid_settings" ("customer_id", "valid_from");`);
    this.addSql(
      `create table "prepaid_watch" ("customer_id" text not null, "low_since" timestamptz(3) null, "floor_since" timestamptz(3) null, "auto_since" timestamptz(3) null, "available_cents" bigint not null, "looked_at" timestamptz(3) not null, primary key ("customer_id"));`,
    );
    this.addSql(
      `create table "refund_order" ("id" uuid not null default uuidv7(), "customer_id" text not null, "issuer_id" text not null, "amount_cents" bigint not null, "currency" text not null, "iban" text null, "iban_last4" text null, "occasion" text not null, "state" text not null, "reason" text null, "message_id" text null, "proposed_at" timestamptz(3) not null, "proposed_by" text not null, "approved_at" timestamptz(3) null, "approved_by" text null, "sent_at" timestamptz(3) null, "ended_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`create index "refund_order_state_index" on "refund_order" ("state", "proposed_at");`);
    this.addSql(`create index "refund_order_message_index" on "refund_order" ("message_id");`);
    this.addSql(
      `create unique index "refund_order_open_unique" on "refund_order" ("customer_id") where state in ('proposed', 'approved', 'sent');`,
    );
    this.addSql(
      `alter table "refund_order" add constraint "refund_order_occasion_unique" unique ("customer_id", "occasion");`,
    );
    this.addSql(
      `create table "top_up_order" ("id" uuid not null default uuidv7(), "customer_id" text not null, "mandate_id" uuid not null, "amount_cents" bigint not null, "currency" text not null, "occasion" text not null, "debit_at" timestamptz(3) not null, "claimed_at" timestamptz(3) null, "provider_payment_id" text null, "state" text not null, "reason" text null, "provider_failure_code" text null, "created_at" timestamptz(3) not null, "settled_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "top_up_order" add constraint "top_up_order_provider_unique" unique ("provider_payment_id");`,
    );
    this.addSql(
      `create unique index "top_up_order_in_flight_unique" on "top_up_order" ("customer_id") where state in ('created', 'processing');`,
    );
    this.addSql(
      `alter table "top_up_order" add constraint "top_up_order_occasion_unique" unique ("customer_id", "occasion");`,
    );
    this.addSql(
      `alter table "payment_method_change" add constraint "payment_method_change_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "prepaid_settings" add constraint "prepaid_settings_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "prepaid_watch" add constraint "prepaid_watch_customer_id_foreign" foreign key ("customer_id") references "customer" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "refund_order" add constraint "refund_order_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "refund_order" add constraint "refund_order_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "top_up_order" add constraint "top_up_order_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "top_up_order" add constraint "top_up_order_mandate_id_foreign" foreign key ("mandate_id") references "mandate" ("id");`,
    );
    this.addSql(guardFacts('prepaid_settings'));
    this.addSql(guardFacts('payment_method_change'));
  }

  override down(): void {
    for (const table of NEW) this.addSql(`drop table "${table}";`);
  }
}
