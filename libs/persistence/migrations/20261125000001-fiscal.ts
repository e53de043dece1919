import { Migration } from '@mikro-orm/migrations';

import { guardFacts } from '../facts.js';

/** Tables of this step whose rows are facts, in the order in which they can be dropped. */
const FACTS = ['receipt_cancellation', 'receipt_line', 'receipt', 'fiscal_key'] as const;

/** Lines that say of which charge they are. */
const LINES = ['document_line', 'adjustment_line'] as const;

/** Fiscal identity of documents (hash, ATCUD, series of the tax authority), receipts, months opened again. */
export class Migration20261125000001Fiscal extends Migration {
  override up(): void {
    this.addSql(
      `alter table "issuer" add column "time_zone" text not null default 'Europe/Lisbon', add column "cash_vat" boolean not null default false, add column "simplified_invoices" text not null default 'never', drop column "software_certificate";`,
    );
    this.addSql(`alter table "customer" add column "country" text not null default 'PT';`);
    this.addSql(
      `alter table "document_series" add column "first_number" int not null default 1, add column "registered_at" timestamptz(3) null, add column "registered_by" text null;`,
    );
    this.addSql(
      `alter table "fiscal_document" add column "atcud" text null, add column "hash" text null, add column "hash_control" text null, add column "system_entry" text null, add column "software_certificate" text null, add column "vat_region" text not null default 'PT', add column "cash_vat" boolean not null default false, add column "issued_by" text not null default 'chazemo', add column "reopens_month" boolean not null default false;`,
    );
    for (const table of LINES) this.addSql(`alter table "${table}" add column "charge_code" text null;`);
    this.addSql(`create index "fiscal_document_reference_index" on "fiscal_document" ("references_document_id");`);
    this.addSql(
      `create table "fiscal_key" ("version" text not null, "public_key" text not null, "first_used_at" timestamptz(3) not null, primary key ("version"));`,
    );
    this.addSql(
      `create table "receipt" ("id" uuid not null default uuidv7(), "series_id" uuid not null, "number" int not null, "number_text" text not null, "type" text not null, "customer_id" text not null, "issued_at" timestamptz(3) not null, "issue_date" date not null, "system_entry" text not null, "atcud" text null, "software_certificate" text null, "vat_region" text not null, "currency" text not null, "amount_cents" bigint not null, "vat_cents" bigint not null, "mechanism" text not null, "paid_on" date not null, "issuer_snapshot" jsonb not null, "customer_snapshot" jsonb not null, "issued_by" text not null default 'chazemo', "key" text not null, primary key ("id"));`,
    );
    this.addSql(`alter table "receipt" add constraint "receipt_number_text_unique" unique ("number_text");`);
    this.addSql(`alter table "receipt" add constraint "receipt_key_unique" unique ("key");`);
    this.addSql(`alter table "receipt" add constraint "receipt_series_number_unique" unique ("series_id", "number");`);
    this.addSql(`create index "receipt_customer_index" on "receipt" ("customer_id", "issued_at");`);
    this.addSql(
      `create table "receipt_line" ("receipt_id" uuid not null, "line_no" int not null, "document_id" uuid not null, "entry_id" uuid not null, "issue_no" int not null default 1, "amount_cents" bigint not null, "vat_groups" jsonb not null, primary key ("receipt_id", "line_no"));`,
    );
    this.addSql(
      `alter table "receipt_line" add constraint "receipt_line_entry_unique" unique ("entry_id", "issue_no");`,
    );
    this.addSql(`create index "receipt_line_document_index" on "receipt_line" ("document_id");`);
    this.addSql(
      `create table "receipt_cancellation" ("receipt_id" uuid not null, "cancelled_at" timestamptz(3) not null, "system_entry" text not null, "reason" text not null, "entry_id" uuid null, "cancelled_by" text not null default 'chazemo', primary key ("receipt_id"));`,
    );
    this.addSql(
      `alter table "receipt" add constraint "receipt_series_id_foreign" foreign key ("series_id") references "document_series" ("id");`,
    );
    this.addSql(
      `alter table "receipt" add constraint "receipt_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "receipt_line" add constraint "receipt_line_receipt_id_foreign" foreign key ("receipt_id") references "receipt" ("id");`,
    );
    this.addSql(
      `alter table "receipt_line" add constraint "receipt_line_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id");`,
    );
    this.addSql(
      `alter table "receipt_line" add constraint "receipt_line_entry_id_foreign" foreign key ("entry_id") references "journal_entry" ("id");`,
    );
    this.addSql(
      `alter table "receipt_cancellation" add constraint "receipt_cancellation_receipt_id_foreign" foreign key ("receipt_id") references "receipt" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "receipt_cancellation" add constraint "receipt_cancellation_entry_id_foreign" foreign key ("entry_id") references "journal_entry" ("id") on delete set null;`,
    );
    for (const table of FACTS) this.addSql(guardFacts(table));
  }

  override down(): void {
    for (const table of FACTS) this.addSql(`drop table "${table}";`);
    this.addSql(`drop index "fiscal_document_reference_index";`);
    for (const table of LINES) this.addSql(`alter table "${table}" drop column "charge_code";`);
    this.addSql(
      `alter table "fiscal_document" drop column "atcud", drop column "hash", drop column "hash_control", drop column "system_entry", drop column "software_certificate", drop column "vat_region", drop column "cash_vat", drop column "issued_by", drop column "reopens_month";`,
    );
    this.addSql(
      `alter table "document_series" drop column "first_number", drop column "registered_at", drop column "registered_by";`,
    );
    this.addSql(`alter table "customer" drop column "country";`);
    this.addSql(
      `alter table "issuer" drop column "time_zone", drop column "cash_vat", drop column "simplified_invoices", add column "software_certificate" text null;`,
    );
  }
}
