import { Migration } from '@mikro-orm/migrations';

/** What of a month is billed with two transactions at once; transactions in which a register rose by more than it can. */
export class Migration20261129000200Registers extends Migration {
  override up(): void {
    this.addSql(`alter table "billing_cycle" add column "twice_by_charger" jsonb null;`);
    this.addSql(
      `create index "charging_transaction_leapt_index" on "charging_transaction" ("charger_id") where (flags && array['register-leapt']);`,
    );
  }

  override down(): void {
    this.addSql(`drop index "charging_transaction_leapt_index";`);
    this.addSql(`alter table "billing_cycle" drop column "twice_by_charger";`);
  }
}
