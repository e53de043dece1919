import { Migration } from '@mikro-orm/migrations';

/** Tables of this step, in the order in which they can be dropped. */
const NEW = ['certificate_request', 'charger_certificate', 'charger_root', 'certificate_authority'] as const;

/** The CA of the chargers' certificates (security profile 3): its keys, what it has issued, and to whom it was made known. */
export class Migration20261127000400Certificates extends Migration {
  override up(): void {
    this.addSql(
      `create table "certificate_authority" ("id" uuid not null default uuidv7(), "name" text not null, "certificate" text not null, "sealed_key" text not null, "fingerprint" text not null, "not_before" timestamptz(3) not null, "not_after" timestamptz(3) not null, "created_by" text not null, "created_at" timestamptz(3) not null, "retired_at" timestamptz(3) null, primary key ("id"));`,
    );
    this.addSql(
      `create table "charger_certificate" ("id" uuid not null default uuidv7(), "charger_id" text not null, "authority_id" uuid not null, "csr_digest" text not null, "key_digest" text not null, "serial" text not null, "fingerprint" text not null, "certificate" text not null, "not_before" timestamptz(3) not null, "not_after" timestamptz(3) not null, "command_id" uuid null, "issued_at" timestamptz(3) not null, "seen_at" timestamptz(3) null, "closed_at" timestamptz(3) null, "revoked_at" timestamptz(3) null, "revoked_by" text null, "revoked_because" text null, primary key ("id"));`,
    );
    this.addSql(
      `alter table "charger_certificate" add constraint "charger_certificate_serial_unique" unique ("serial");`,
    );
    this.addSql(
      `alter table "charger_certificate" add constraint "charger_certificate_fingerprint_unique" unique ("fingerprint");`,
    );
    this.addSql(`create index "charger_certificate_charger_index" on "charger_certificate" ("charger_id", "id");`);
    this.addSql(`create index "charger_certificate_key_index" on "charger_certificate" ("key_digest");`);
    this.addSql(
      `create index "charger_certificate_revoked_index" on "charger_certificate" ("revoked_at") where (revoked_at is not null);`,
    );
    this.addSql(
      `create table "certificate_request" ("message_id" bigint not null, "charger_id" text not null, "csr_digest" text not null, "state" text not null, "code" text null, "certificate_id" uuid null, "asked_at" timestamptz(3) not null, "ended_at" timestamptz(3) null, primary key ("message_id"));`,
    );
    this.addSql(
      `create index "certificate_request_charger_index" on "certificate_request" ("charger_id", "message_id");`,
    );
    this.addSql(
      `create index "certificate_request_open_index" on "certificate_request" ("message_id") where (state = 'asked');`,
    );
    this.addSql(
      `create table "charger_root" ("charger_id" text not null, "authority_id" uuid not null, "attempts" int not null default 1, "command_id" uuid null, "asked_at" timestamptz(3) not null, "installed_at" timestamptz(3) null, "refused_at" timestamptz(3) null, primary key ("charger_id", "authority_id"));`,
    );
    for (const table of ['charger_certificate', 'certificate_request']) this.references(table, 'charger');
    this.references('charger_certificate', 'certificate_authority', 'authority');
    this.references('charger_root', 'charger', 'charger', 'on update cascade on delete cascade');
    this.references('charger_root', 'certificate_authority', 'authority', 'on update cascade on delete cascade');
    for (const table of ['charger_certificate', 'charger_root']) {
      this.references(table, 'charger_command', 'command', 'on delete set null');
    }
    this.references('certificate_request', 'charger_certificate', 'certificate', 'on delete set null');
    this.addSql(
      `create index "ocpp_message_signing_index" on "ocpp_message" ("id") where (action = 'SignCertificate');`,
    );
  }

  private references(table: string, other: string, name = other, deletion = ''): void {
    this.addSql(
      `alter table "${table}" add constraint "${table}_${name}_id_foreign" foreign key ("${name}_id") references "${other}" ("id") ${deletion};`,
    );
  }

  override down(): void {
    this.addSql('drop index "ocpp_message_signing_index";');
    for (const table of NEW) this.addSql(`drop table "${table}";`);
  }
}
