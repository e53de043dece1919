import { Migration } from '@mikro-orm/migrations';

import { guardFacts } from '../facts.js';

/** Tables of this step, in the order in which they can be dropped. */
const NEW = [
  'processor_balance',
  'processor_transaction',
  'processor_payout',
  'refund',
  'checkout_document',
  'checkout',
  'mandate_link',
] as const;

/** One-off payments, refunds, the provider's payouts, mandates by its page. */
export class Migration20261125000003Collection extends Migration {
  override up(): void {
    this.addSql(
      `create table "checkout" ("id" uuid not null default uuidv7(), "customer_id" text not null, "key" text not null, "purpose" text not null, "method" text null, "paid_method" text null, "amount_cents" bigint not null, "currency" text not null, "state" text not null, "return_url" text not null, "provider_session_id" text null, "provider_payment_id" text null, "url" text null, "voucher" jsonb null, "failure_code" text null, "created_by" text not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) null, "settled_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "checkout" add constraint "checkout_session_unique" unique ("provider_session_id");`);
    this.addSql(`alter table "checkout" add constraint "checkout_payment_unique" unique ("provider_payment_id");`);
    this.addSql(`create index "checkout_state_index" on "checkout" ("state", "created_at");`);
    this.addSql(`alter table "checkout" add constraint "checkout_key_unique" unique ("customer_id", "key");`);
    this.addSql(
      `create table "checkout_document" ("checkout_id" uuid not null, "document_id" uuid not null, "position" int not null, "amount_cents" bigint not null, primary key ("checkout_id", "document_id"));`,
    );
    this.addSql(`create index "checkout_document_index" on "checkout_document" ("document_id");`);
    this.addSql(
      `create table "mandate_link" ("id" uuid not null default uuidv7(), "customer_id" text not null, "key" text not null, "state" text not null, "return_url" text not null, "text_version" text not null, "language" text not null, "provider_session_id" text null, "url" text null, "mandate_id" uuid null, "created_by" text not null, "created_at" timestamptz(3) not null, "expires_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "mandate_link" add constraint "mandate_link_session_unique" unique ("provider_session_id");`,
    );
    this.addSql(`alter table "mandate_link" add constraint "mandate_link_key_unique" unique ("customer_id", "key");`);
    this.addSql(
      `create table "processor_balance" ("id" uuid not null default uuidv7(), "compared_at" timestamptz(3) not null, "currency" text not null, "provider_cents" bigint not null, "unpaid_gross_cents" bigint not null, "unpaid_net_cents" bigint not null, "books_cents" bigint not null, primary key ("id"));`,
    );
    this.addSql(`create index "processor_balance_index" on "processor_balance" ("compared_at");`);
    this.addSql(
      `create table "processor_payout" ("id" text not null, "issuer_id" text not null, "amount_cents" bigint not null, "gross_cents" bigint not null, "fee_cents" bigint not null, "currency" text not null, "state" text not null, "arrives_at" timestamptz(3) not null, "posted_at" timestamptz(3) not null, "failed_at" timestamptz(3) null, "descriptor" text null, "trace_id" text null, "decision_id" uuid null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "processor_payout" add constraint "processor_payout_decision_unique" unique ("decision_id");`,
    );
    this.addSql(
      `create table "processor_transaction" ("id" text not null, "payout_id" text null, "type" text not null, "amount_cents" bigint not null, "fee_cents" bigint not null, "net_cents" bigint not null, "currency" text not null, "source_id" text null, "subject" text null, "happened_at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "processor_transaction_payout_index" on "processor_transaction" ("payout_id");`);
    this.addSql(
      `create table "refund" ("id" uuid not null default uuidv7(), "customer_id" text not null, "key" text not null, "part_no" int not null, "amount_cents" bigint not null, "currency" text not null, "state" text not null, "reason" text not null, "provider_payment_id" text not null, "provider_refund_id" text null, "failure_code" text null, "created_by" text not null, "created_at" timestamptz(3) not null, "settled_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(`alter table "refund" add constraint "refund_provider_unique" unique ("provider_refund_id");`);
    this.addSql(`create index "refund_payment_index" on "refund" ("provider_payment_id");`);
    this.addSql(`create index "refund_state_index" on "refund" ("state");`);
    this.addSql(`alter table "refund" add constraint "refund_key_unique" unique ("customer_id", "key", "part_no");`);
    this.addSql(`alter table "issuer" add "owns_processor" boolean not null default false;`);
    this.addSql(`alter table "mandate" add "origin" text not null default 'portal', add "ended_because" text null;`);
    this.addSql(`alter table "payment_attempt" add "target_date" date null;`);
    this.addSql(
      `alter table "checkout" add constraint "checkout_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "checkout_document" add constraint "checkout_document_checkout_id_foreign" foreign key ("checkout_id") references "checkout" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "checkout_document" add constraint "checkout_document_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "mandate_link" add constraint "mandate_link_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "mandate_link" add constraint "mandate_link_mandate_id_foreign" foreign key ("mandate_id") references "mandate" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "processor_payout" add constraint "processor_payout_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "processor_payout" add constraint "processor_payout_decision_id_foreign" foreign key ("decision_id") references "bank_decision" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "processor_transaction" add constraint "processor_transaction_payout_id_foreign" foreign key ("payout_id") references "processor_payout" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "refund" add constraint "refund_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(guardFacts('checkout_document'));
    this.addSql(guardFacts('processor_balance'));
  }

  override down(): void {
    for (const table of NEW) this.addSql(`drop table if exists "${table}" cascade;`);
    this.addSql('alter table "payment_attempt" drop column "target_date";');
    this.addSql('alter table "mandate" drop column "origin", drop column "ended_because";');
    this.addSql('alter table "issuer" drop column "owns_processor";');
  }
}
