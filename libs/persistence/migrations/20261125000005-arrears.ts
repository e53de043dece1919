import { Migration } from '@mikro-orm/migrations';

import { guardFacts } from '../facts.js';

/** Tables of this step, in the order in which they can be dropped. */
const NEW = [
  'customer_suspension',
  'letter_proof',
  'plan_instalment',
  'payment_plan',
  'plan_request',
  'complaint',
  'interest_charge',
  'suspension_decision',
] as const;

/** Written once, never changed. */
const IMMUTABLE = ['suspension_decision', 'letter_proof', 'plan_instalment', 'interest_charge'] as const;

/** Of one document, at most one of these lasts. */
const LASTING = [
  ['customer_suspension', 'until'],
  ['complaint', 'closed_at'],
  ['payment_plan', 'ended_at'],
  ['plan_request', 'answered_at'],
] as const;

/** The whole chase: suspensions, payment plans, complaints, interest, proofs of letters, the claim's deadline. */
export class Migration20261125000005Arrears extends Migration {
  override up(): void {
    this.addSql(
      `create table "customer_suspension" ("id" uuid not null default uuidv7(), "customer_id" text not null, "document_id" uuid not null, "from" timestamptz(3) not null, "until" timestamptz(3) null, "even_prepaid" boolean not null, "approved_by" text not null, "lifted_by" text null, "lift_reason" text null, primary key ("id"));`,
    );
    this.addSql(`create index "customer_suspension_customer_index" on "customer_suspension" ("customer_id", "until");`);
    this.addSql(
      `create table "interest_charge" ("document_id" uuid not null, "from_date" date not null, "to_date" date not null, "kind" text not null, "cents" bigint not null, "spans" jsonb not null, "at" timestamptz(3) not null, primary key ("document_id", "from_date"));`,
    );
    this.addSql(
      `create table "complaint" ("id" uuid not null default uuidv7(), "document_id" uuid not null, "reason" text not null, "opened_at" timestamptz(3) not null, "opened_by" text not null, "closed_at" timestamptz(3) null, "closed_by" text null, "close_reason" text null, primary key ("id"));`,
    );
    this.addSql(`create index "complaint_document_index" on "complaint" ("document_id", "opened_at");`);
    this.addSql(
      `create table "letter_proof" ("id" uuid not null default uuidv7(), "document_id" uuid not null, "stage" text not null, "channel" text not null, "mail_id" uuid null, "reference" text null, "recipient" text not null, "given_at" timestamptz(3) not null, "by" text not null, "at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "letter_proof_document_index" on "letter_proof" ("document_id", "stage");`);
    this.addSql(
      `create table "payment_plan" ("id" uuid not null default uuidv7(), "document_id" uuid not null, "total_cents" bigint not null, "agreed_at" timestamptz(3) not null, "agreed_by" text not null, "ended_at" timestamptz(3) null, "outcome" text null, "end_reason" text null, primary key ("id"));`,
    );
    this.addSql(`create index "payment_plan_document_index" on "payment_plan" ("document_id", "agreed_at");`);
    this.addSql(
      `create table "plan_instalment" ("plan_id" uuid not null, "position" int not null, "due_date" date not null, "amount_cents" bigint not null, primary key ("plan_id", "position"));`,
    );
    this.addSql(
      `create table "plan_request" ("id" uuid not null default uuidv7(), "document_id" uuid not null, "words" text not null, "asked_at" timestamptz(3) not null, "asked_by" text not null, "answered_at" timestamptz(3) null, "answer" text null, primary key ("id"));`,
    );
    this.addSql(`create index "plan_request_document_index" on "plan_request" ("document_id", "asked_at");`);
    this.addSql(
      `create table "suspension_decision" ("id" uuid not null default uuidv7(), "document_id" uuid not null, "approved" boolean not null, "reason" text null, "by" text not null, "at" timestamptz(3) not null, primary key ("id"));`,
    );
    this.addSql(`create index "suspension_decision_document_index" on "suspension_decision" ("document_id", "at");`);
    this.addSql(
      `alter table "arrears_case" add "ending" text null, add "claim_lapses_at" timestamptz(3) null, add "lapse_warned_at" timestamptz(3) null, add "needs" text[] not null default '{}';`,
    );
    this.addSql(
      `alter table "customer_suspension" add constraint "customer_suspension_customer_id_foreign" foreign key ("customer_id") references "customer" ("id");`,
    );
    this.addSql(
      `alter table "interest_charge" add constraint "interest_charge_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id");`,
    );
    this.addSql(
      `alter table "complaint" add constraint "complaint_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id");`,
    );
    this.addSql(
      `alter table "letter_proof" add constraint "letter_proof_document_id_foreign" foreign key ("document_id") references "arrears_case" ("document_id");`,
    );
    this.addSql(
      `alter table "payment_plan" add constraint "payment_plan_document_id_foreign" foreign key ("document_id") references "arrears_case" ("document_id");`,
    );
    this.addSql(
      `alter table "plan_instalment" add constraint "plan_instalment_plan_id_foreign" foreign key ("plan_id") references "payment_plan" ("id");`,
    );
    this.addSql(
      `alter table "plan_request" add constraint "plan_request_document_id_foreign" foreign key ("document_id") references "arrears_case" ("document_id");`,
    );
    this.addSql(
      `alter table "suspension_decision" add constraint "suspension_decision_document_id_foreign" foreign key ("document_id") references "arrears_case" ("document_id");`,
    );
    this.addSql(`alter table "mail" add "server_answer" text null;`);
    for (const [table, end] of LASTING) {
      this.addSql(`create unique index ${table}_once on "${table}" (document_id) where "${end}" is null;`);
    }
    for (const table of IMMUTABLE) this.addSql(guardFacts(table));
  }

  override down(): void {
    this.addSql(`alter table "mail" drop column "server_answer";`);
    for (const table of NEW) this.addSql(`drop table "${table}";`);
    this.addSql(
      `alter table "arrears_case" drop column "ending", drop column "claim_lapses_at", drop column "lapse_warned_at", drop column "needs";`,
    );
  }
}
