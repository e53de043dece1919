import { Migration } from '@mikro-orm/migrations';

import { guardFacts } from '../facts.js';

/** Payouts of what was recovered to the condominiums, what their contracts say of them, and the receipts of mails. */
export class Migration20261125000006Payout extends Migration {
  override up(): void {
    this.addSql(
      `create table "payout_policy" ("id" uuid not null default uuidv7(), "condominium_id" text not null, "valid_from" date not null, "fee_permyriad" int not null default 0, "fee_per_month_cents" bigint not null default '0', "propose_on_day" int null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "payout_policy" add constraint "payout_policy_from_unique" unique ("condominium_id", "valid_from");`,
    );
    this.addSql(
      `create table "payout" ("id" uuid not null default uuidv7(), "key" text not null, "condominium_id" text not null, "issuer_id" text not null, "number" int not null, "currency" text not null, "period" text not null, "as_of" timestamptz(3) not null, "total_cents" bigint not null, "fees_cents" bigint not null, "state" text not null default 'proposed', "proposed_by" text not null, "approved_by" text null, "approved_at" timestamptz(3) null, "sent_at" timestamptz(3) null, "iban" text null, "paid_on" date null, "bank_reference" text null, "closed_by" text null, "cancelled_reason" text null, primary key ("id"));`,
    );
    this.addSql(`alter table "payout" add constraint "payout_key_unique" unique ("key");`);
    this.addSql(`alter table "payout" add constraint "payout_number_unique" unique ("condominium_id", "number");`);
    this.addSql(`create index "payout_state_index" on "payout" ("state", "condominium_id");`);
    this.addSql(
      `create table "payout_line" ("payout_id" uuid not null, "line_no" int not null, "kind" text not null, "document_id" uuid null, "month" text null, "permyriad" int null, "recovered_cents" bigint null, "claimed_cents" bigint null, "paid_cents" bigint null, "payable_cents" bigint null, "taken_cents" bigint null, "cents" bigint not null, primary key ("payout_id", "line_no"));`,
    );
    this.addSql(`create index "payout_line_document_index" on "payout_line" ("document_id");`);
    this.addSql(
      `alter table "payout_policy" add constraint "payout_policy_condominium_id_foreign" foreign key ("condominium_id") references "condominium" ("id");`,
    );
    this.addSql(
      `alter table "payout" add constraint "payout_condominium_id_foreign" foreign key ("condominium_id") references "condominium" ("id");`,
    );
    this.addSql(
      `alter table "payout" add constraint "payout_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "payout_line" add constraint "payout_line_payout_id_foreign" foreign key ("payout_id") references "payout" ("id");`,
    );
    this.addSql(
      `alter table "payout_line" add constraint "payout_line_document_id_foreign" foreign key ("document_id") references "fiscal_document" ("id") on delete set null;`,
    );
    this.addSql(
      `create table "payout_round" ("condominium_id" text not null, "issuer_id" text not null, "currency" text not null, "period" text not null, "at" timestamptz(3) not null, "payout_id" uuid null, primary key ("condominium_id", "issuer_id", "currency", "period"));`,
    );
    this.addSql(
      `alter table "payout_round" add constraint "payout_round_condominium_id_foreign" foreign key ("condominium_id") references "condominium" ("id");`,
    );
    this.addSql(
      `alter table "payout_round" add constraint "payout_round_issuer_id_foreign" foreign key ("issuer_id") references "issuer" ("id");`,
    );
    this.addSql(
      `alter table "payout_round" add constraint "payout_round_payout_id_foreign" foreign key ("payout_id") references "payout" ("id") on delete set null;`,
    );
    this.addSql(guardFacts('payout_line'));
    this.addSql(guardFacts('payout_round'));
    this.addSql(`alter table "mail" add column "receipt" jsonb null;`);
  }

  override down(): void {
    this.addSql(`alter table "mail" drop column "receipt";`);
    for (const table of ['payout_round', 'payout_line', 'payout', 'payout_policy'])
      this.addSql(`drop table "${table}";`);
  }
}
