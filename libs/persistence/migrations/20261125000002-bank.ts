import { Migration } from '@mikro-orm/migrations';

import { guardFacts } from '../facts.js';

/** In the order in which they can be dropped. */
const NEW = [
  'sepa_debit',
  'sepa_batch',
  'sepa_mandate',
  'sepa_creditor',
  'bank_decision_part',
  'bank_decision',
  'bank_line',
  'bank_statement',
] as const;
const FACTS = ['bank_statement', 'bank_line', 'bank_decision', 'bank_decision_part'] as const;

/** Statements of the issuers' bank accounts, what was decided of their lines, and direct debits by a bank's own files. */
export class Migration20261125000002Bank extends Migration {
  override up(): void {
    this.addSql(
      `create table "bank_statement" ("id" uuid not null default uuidv7(), "issuer_id" text not null, "format" text not null, "file_name" text not null, "sha256" text not null, "position" int not null, "statement_id" text null, "account_last4" text not null, "currency" text not null, "opened_on" date not null, "closed_on" date not null, "opening_cents" bigint null, "closing_cents" bigint null, "lines" int not null, "new_lines" int not null, "imported_at" timestamptz(3) not null, "imported_by" text not null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "bank_statement" add constraint "bank_statement_file_unique" unique ("issuer_id", "sha256", "position");`,
    );
    this.addSql(
      `create table "bank_line" ("id" uuid not null default uuidv7(), "statement_id" uuid not null, "issuer_id" text not null, "key" text not null, "position" int not null, "booked_on" date not null, "value_on" date not null, "amount_cents" bigint not null, "currency" text not null, "bank_reference" text null, "text" text not null, "reference" text null, "counterparty_name" text null, "counterparty_hash" text null, "counterparty_last4" text null, "end_to_end_id" text null, "payment_information_id" text null, "return_code" text null, primary key ("id"));`,
    );
    this.addSql(`alter table "bank_line" add constraint "bank_line_key_unique" unique ("key");`);
    this.addSql(`create index "bank_line_issuer_index" on "bank_line" ("issuer_id", "booked_on");`);
    this.addSql(`create index "bank_line_counterparty_index" on "bank_line" ("counterparty_hash");`);
    this.addSql(`create index "bank_line_statement_index" on "bank_line" ("statement_id");`);
    this.addSql(
      `create table "bank_decision" ("id" uuid not null default uuidv7(), "line_id" uuid not null, "key" text not null, "kind" text not null, "undoes_id" uuid null, "amount_cents" bigint not null, "found_by" text not null, "reason" text null, "decided_at" timestamptz(3) not null, "decided_by" text not null, primary key ("id"));`,
    );
    this.addSql(`alter table "bank_decision" add constraint "bank_decision_key_unique" unique ("key");`);
    this.addSql(`alter table "bank_decision" add constraint "bank_decision_undoes_unique" unique ("undoes_id");`);
    this.addSql(`create index "bank_decision_line_index" on "bank_decision" ("line_id");`);
    this.addSql(
      `create table "bank_decision_part" ("decision_id" uuid not null, "position" int not null, "customer_id" text not null, "document_id" uuid null, "attempt_id" uuid null, "amount_cents" bigint not null, primary key ("decision_id", "position"));`,
    );
    this.addSql(`create index "bank_decision_part_document_index" on "bank_decision_part" ("document_id");`);
    this.addSql(`create index "bank_decision_part_customer_index" on "bank_decision_part" ("customer_id");`);
    this.addSql(
      `create table "sepa_creditor" ("id" uuid not null default uuidv7(), "issuer_id" text not null, "valid_from" date not null, "valid_until" date null, "creditor_id" text not null, "iban" text not null, "bic" text null, "version" text not null, "lead_days" int not null, "settle_by" text not null, "return_window_days" int not null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "sepa_creditor" add constraint "sepa_creditor_from_unique" unique ("issuer_id", "valid_from");`,
    );
    this.addSql(
      `create table "sepa_mandate" ("id" uuid not null default uuidv7(), "issuer_id" text not null, "customer_id" text not null, "reference" text not null, "kind" text not null, "signed_on" date not null, "account_holder" text not null, "iban_sealed" text not null, "iban_last4" text not null, "bic" text null, "evidence" jsonb not null, "status" text not null default 'active', "is_last" boolean not null default false, "created_at" timestamptz(3) not null, "created_by" text not null, "inactive_at" timestamptz(3) null, "inactive_reason" text null, primary key ("id"));`,
    );
    this.addSql(`create index "sepa_mandate_customer_index" on "sepa_mandate" ("customer_id", "status");`);
    this.addSql(
      `alter table "sepa_mandate" add constraint "sepa_mandate_reference_unique" unique ("issuer_id", "reference");`,
    );
    this.addSql(
      `create table "sepa_batch" ("id" uuid not null default uuidv7(), "issuer_id" text not null, "creditor_id" uuid not null, "key" text not null, "collection_date" date not null, "message_id" text not null, "state" text not null default 'gathering', "debits" int not null default 0, "sum_cents" bigint not null default '0', "file_id" uuid null, "created_at" timestamptz(3) not null, "created_by" text not null, "sent_at" timestamptz(3) null, "sent_by" text null, primary key ("id"));`,
    );
    this.addSql(`alter table "sepa_batch" add constraint "sepa_batch_key_unique" unique ("key");`);
    this.addSql(`alter table "sepa_batch" add constraint "sepa_batch_message_unique" unique ("message_id");`);
    this.addSql(`create index "sepa_batch_issuer_index" on "sepa_batch" ("issuer_id", "collection_date");`);
    this.addSql(
      `create table "sepa_debit" ("attempt_id" uuid not null, "issuer_id" text not null, "mandate_id" uuid not null, "batch_id" uuid null, "sequence_type" text null, "state" text not null, "reason_code" text null, "accepted_at" timestamptz(3) null, "settled_at" timestamptz(3) null, "returned_at" timestamptz(3) null, primary key ("attempt_id"));`,
    );
    this.addSql(`create index "sepa_debit_batch_index" on "sepa_debit" ("batch_id");`);
    this.addSql(`create index "sepa_debit_mandate_index" on "sepa_debit" ("mandate_id");`);
    this.addSql(`create index "sepa_debit_waiting_index" on "sepa_debit" ("issuer_id", "state");`);
    this.addSql(
      `alter table "bank_statement" add constraint "bank_statement_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "bank_line" add constraint "bank_line_statement_id_foreign" foreign key ("statement_id") references "bank_statement" ("id");`,
    );
    this.addSql(
      `alter table "bank_line" add constraint "bank_line_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "bank_decision" add constraint "bank_decision_line_id_foreign" foreign key ("line_id") references "bank_line" ("id");`,
    );
    this.addSql(
      `alter table "bank_decision" add constraint "bank_decision_undoes_id_foreign" foreign key ("undoes_id") references "bank_decision" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "bank_decision_part" add constraint "bank_decision_part_decision_id_foreign" foreign key ("decision_id") references "bank_decision" ("id");`,
    );
    this.addSql(
      `alter table "bank_decision_part" add constraint "bank_decision_part_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "bank_decision_part" add constraint "bank_decision_part_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "bank_decision_part" add constraint "bank_decision_part_attempt_id_foreign" foreign key ("attempt_id") references "payment_attempt" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "sepa_creditor" add constraint "sepa_creditor_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "sepa_mandate" add constraint "sepa_mandate_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "sepa_mandate" add constraint "sepa_mandate_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "sepa_batch" add constraint "sepa_batch_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "sepa_batch" add constraint "sepa_batch_creditor_id_foreign" foreign key ("creditor_id") references "sepa_creditor" ("id");`,
    );
    this.addSql(
      `alter table "sepa_batch" add constraint "sepa_batch_file_id_foreign" foreign key ("file_id") references "stored_file" ("id") on delete set null;`,
    );
    this.addSql(
      `alter table "sepa_debit" add constraint "sepa_debit_attempt_id_foreign" foreign key ("attempt_id") references "payment_attempt" ("id") on update cascade on delete cascade;`,
    );
    this.addSql(
      `alter table "sepa_debit" add constraint "sepa_debit_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "sepa_debit" add constraint "sepa_debit_mandate_id_foreign" foreign key ("mandate_id") references "sepa_mandate" ("id");`,
    );
    this.addSql(
      `alter table "sepa_debit" add constraint "sepa_debit_batch_id_foreign" foreign key ("batch_id") references "sepa_batch" ("id") on delete set null;`,
    );
    // However many requests run at once: one mandate of a debtor is in force for an issuer.
    this.addSql(
      `create unique index sepa_mandate_once on sepa_mandate (issuer_id, customer_id) where status = 'active';`,
    );
    for (const table of FACTS) this.addSql(guardFacts(table));
  }

  override down(): void {
    for (const table of NEW) this.addSql(`drop table "${table}";`);
  }
}
