import { Migration } from '@mikro-orm/migrations';

/** OCPP 2.x: by which version a message came, and transactions that the charger names itself. */
export class Migration20261126000000Ocpp extends Migration {
  override up(): void {
    this.addSql(`alter table "ocpp_message" add column "protocol" text not null default 'ocpp1.6';`);
    this.addSql(`alter table "charging_transaction" add column "charger_ref" text null,
      add column "offline" boolean not null default false,
      add column "seq_nos" int4multirange not null default '{}';`);
    this.addSql(
      `alter table "charging_transaction" add constraint "charging_transaction_ref_unique" unique ("charger_id", "charger_ref");`,
    );
  }

  override down(): void {
    this.addSql(
      `alter table "charging_transaction" drop column "charger_ref", drop column "offline", drop column "seq_nos";`,
    );
    this.addSql(`alter table "ocpp_message" drop column "protocol";`);
  }
}
