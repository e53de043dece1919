import { Migration } from '@mikro-orm/migrations';

import { APPLICATION_ROLE } from '../application-role.js';

/** Tables of facts so far; a trigger refuses their change since the first migrations, for everybody. */
const FACTS = [
  'ocpp_message',
  'meter_reading',
  'fiscal_document',
  'document_line',
  'journal_entry',
  'posting',
  'stored_file',
  'audit_entry',
  'reading_seal',
  'reading_correction',
] as const;

/** Pending entries, and a role for the programs that may add facts but never change them. */
export class Migration20261125000000Ledger extends Migration {
  override up(): void {
    this.addSql(`alter table "journal_entry" add column "phase" text not null default 'posted',
      add column "resolves_id" uuid null,
      add constraint "journal_entry_resolves_id_unique" unique ("resolves_id"),
      add constraint "journal_entry_resolves_id_foreign" foreign key ("resolves_id") references "journal_entry" ("id")
        on delete set null;`);
    this.addSql(`alter table "posting" add column "pending_cents" bigint not null default '0';`);
    this.addSql(`
      create or replace function entry_balances() returns trigger language plpgsql as $$
      declare difference bigint; reserved bigint;
      begin
        select sum(amount_cents), sum(pending_cents) into difference, reserved from posting where entry_id = new.entry_id;
        if difference <> 0 or reserved <> 0 then
          raise exception 'journal entry % is out of balance by % cents, pending by %', new.entry_id, difference, reserved
            using errcode = 'check_violation';
        end if;
        return null;
      end $$;`);

    // A role belongs to the server, not to the database: another database of the same server may have made it.
    this.addSql(`
      do $$ begin
        if not exists (select from pg_roles where rolname = '${APPLICATION_ROLE}') then
          create role ${APPLICATION_ROLE} nologin;
        end if;
      exception
        when duplicate_object or unique_violation then null;
        when insufficient_privilege then
          raise exception 'the database user % may not make the role ${APPLICATION_ROLE}: let an administrator run "create role ${APPLICATION_ROLE}; grant ${APPLICATION_ROLE} to %", then start again', current_user, current_user;
      end $$;`);
    this.addSql(`do $$ begin
      if not pg_has_role(current_user, '${APPLICATION_ROLE}', 'set') then
        execute format('grant ${APPLICATION_ROLE} to %I', current_user);
      end if;
    end $$;`);
    this.addSql(`grant usage on schema public to ${APPLICATION_ROLE};`);
    this.addSql(`grant select, insert, update, delete on all tables in schema public to ${APPLICATION_ROLE};`);
    this.addSql(`grant usage, select on all sequences in schema public to ${APPLICATION_ROLE};`);
    this.addSql(`alter default privileges in schema public
      grant select, insert, update, delete on tables to ${APPLICATION_ROLE};`);
    this.addSql(`alter default privileges in schema public grant usage, select on sequences to ${APPLICATION_ROLE};`);
    // Other sessions are hidden from a role that is not theirs: the owner of the tables looks for it.
    this.addSql(`
      create function oldest_open_write() returns timestamptz language sql stable security definer
        set search_path = pg_catalog as $$
        select min(xact_start) from pg_stat_activity
        where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
      $$;`);
    for (const table of FACTS) this.addSql(`revoke update, delete, truncate on "${table}" from ${APPLICATION_ROLE};`);
  }

  override down(): void {
    this.addSql(`alter default privileges in schema public
      revoke select, insert, update, delete on tables from ${APPLICATION_ROLE};`);
    this.addSql(
      `alter default privileges in schema public revoke usage, select on sequences from ${APPLICATION_ROLE};`,
    );
    this.addSql(`revoke all on all tables in schema public from ${APPLICATION_ROLE};`);
    this.addSql(`revoke all on all sequences in schema public from ${APPLICATION_ROLE};`);
    this.addSql(`revoke usage on schema public from ${APPLICATION_ROLE};`);
    this.addSql(`
      create or replace function entry_balances() returns trigger language plpgsql as $$
      declare difference bigint;
      begin
        select sum(amount_cents) into difference from posting where entry_id = new.entry_id;
        if difference <> 0 then
          raise exception 'journal entry % is out of balance by % cents', new.entry_id, difference
            using errcode = 'check_violation';
        end if;
        return null;
      end $$;`);
    this.addSql('drop function oldest_open_write();');
    this.addSql(`alter table "posting" drop column "pending_cents";`);
    this.addSql(`alter table "journal_entry" drop column "resolves_id", drop column "phase";`);
  }
}
