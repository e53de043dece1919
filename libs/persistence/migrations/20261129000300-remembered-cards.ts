import { Migration } from '@mikro-orm/migrations';

/** What chargers may hold for good in their own memory: one whose card is blocked is told to empty it, list or not. */
export class Migration20261129000300RememberedCards extends Migration {
  override up(): void {
    this.addSql(`alter table "charger_local_list" add column "remembered" text[] null;`);
    this.addSql(`update "charger_local_list" set "due_at" = now() where "state" = 'unsupported' and "due_at" is null;`);
  }

  override down(): void {
    this.addSql(`alter table "charger_local_list" drop column "remembered";`);
  }
}
