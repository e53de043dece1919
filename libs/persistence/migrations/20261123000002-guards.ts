import { Migration } from '@mikro-orm/migrations';

/** Tables whose rows are facts: once written they are never changed or removed. */
const IMMUTABLE = [
  'ocpp_message',
  'meter_reading',
  'fiscal_document',
  'document_line',
  'journal_entry',
  'posting',
  'stored_file',
  'audit_entry',
] as const;

/** Tables whose changes people watch: topic, the column that names the installation, the column that names the row. */
const LIVE = [
  ['billing_cycle', 'month', 'installation_id', 'id'],
  ['collection', 'collection', 'installation_id', 'document_id'],
  ['arrears_case', 'arrears', 'installation_id', 'document_id'],
  ['oddity', 'oddity', 'installation_id', 'id'],
  ['mail', 'mail', 'installation_id', 'id'],
] as const;

/** What the database itself refuses: changed documents, unbalanced books, two chargers at a spot, a reading twice. */
export class Migration20261123000002Guards extends Migration {
  override up(): void {
    this.addSql(`
      create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is never changed: correct by adding', tg_table_name using errcode = 'restrict_violation';
      end $$;`);
    for (const table of IMMUTABLE) {
      this.addSql(`create trigger ${table}_immutable before update or delete on "${table}"
        for each row execute function refuse_change();`);
    }

    this.addSql(`
      create function entry_balances() returns trigger language plpgsql as $$
      declare difference bigint;
      begin
        select sum(amount_cents) into difference from posting where entry_id = new.entry_id;
        if difference <> 0 then
          raise exception 'journal entry % is out of balance by % cents', new.entry_id, difference
            using errcode = 'check_violation';
        end if;
        return null;
      end $$;`);
    this.addSql(`create constraint trigger posting_balances after insert on posting
      deferrable initially deferred for each row execute function entry_balances();`);

    this.addSql(`create extension if not exists btree_gist;`);
    this.addSql(`alter table charger_placement
      add constraint charger_placement_one_spot exclude using gist (charger_id with =, tstzrange("from", until) with &&),
      add constraint charger_placement_one_charger exclude using gist (spot_id with =, tstzrange("from", until) with &&);`);

    this.addSql(`create unique index meter_reading_once on meter_reading
      (charger_id, connector_id, transaction_id, at, import_wh, export_wh) nulls not distinct;`);
    this.addSql(`create unique index rated_line_once on rated_line
      (cycle_id, customer_id, spot_id, charger_id, season, day_type, band, interval, direction, micros_per_kwh, calendar_id)
      nulls not distinct;`);

    this.addSql(`
      create function notify_live() returns trigger language plpgsql as $$
      begin
        perform pg_notify('live', json_build_object(
          'topic', tg_argv[0],
          'installation', to_jsonb(new) ->> tg_argv[1],
          'id', to_jsonb(new) ->> tg_argv[2])::text);
        return null;
      end $$;`);
    for (const [table, topic, installation, id] of LIVE) {
      this.addSql(`create trigger ${table}_live after insert or update on "${table}"
        for each row execute function notify_live('${topic}', '${installation}', '${id}');`);
    }
  }

  override down(): void {
    for (const [table] of LIVE) this.addSql(`drop trigger ${table}_live on "${table}";`);
    this.addSql('drop function notify_live();');
    this.addSql('drop index rated_line_once;');
    this.addSql('drop index meter_reading_once;');
    this.addSql(`alter table charger_placement
      drop constraint charger_placement_one_spot, drop constraint charger_placement_one_charger;`);
    this.addSql('drop trigger posting_balances on posting;');
    this.addSql('drop function entry_balances();');
    for (const table of IMMUTABLE) this.addSql(`drop trigger ${table}_immutable on "${table}";`);
    this.addSql('drop function refuse_change();');
  }
}
