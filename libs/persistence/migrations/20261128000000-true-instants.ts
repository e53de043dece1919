import { Migration } from '@mikro-orm/migrations';

/**
 * When what a charger told truly was: its times less what its clock was off, by the entries of `charger_clock` that were
 * recorded before an instant ('infinity': all). One rule, asked by whoever compares a charger's times with ours.
 */
export class Migration20261128000000TrueInstants extends Migration {
  override up(): void {
    this.addSql(
      `create index "charger_clock_source_index" on "charger_clock" ("charger_id", "source", "after_reading_id", "id");`,
    );
    // The last word of staff that holds decides; taken back, or none: what was observed last and holds. Last in the order of
    // arrival, then of recording: so that an index leads to it, however often a clock was lost.
    this.addSql(`
      create function true_at(of_charger text, told timestamptz, of_reading bigint, known_before timestamptz)
      returns timestamptz language plpgsql stable parallel safe cost 500 as $$
      begin
        if told is null or not exists (select from charger_clock clock where clock.charger_id = of_charger) then
          return told;
        end if;
        return told - coalesce(
          (select clock.offset_ms from charger_clock clock
            where clock.charger_id = of_charger and clock.source = 'staff' and clock.at < known_before
              and clock.from_at <= told and (clock.until_at is null or clock.until_at > told) and clock.after_reading_id < of_reading
            order by clock.after_reading_id desc, clock.id desc limit 1),
          (select clock.offset_ms from charger_clock clock
            where clock.charger_id = of_charger and clock.source = 'observed' and clock.at < known_before
              and clock.from_at <= told and (clock.until_at is null or clock.until_at > told) and clock.after_reading_id < of_reading
            order by clock.after_reading_id desc, clock.id desc limit 1),
          0) * interval '1 millisecond';
      end $$;`);
    // By its first reading, which came with its Start; without readings it counts as told after all of them.
    this.addSql(`
      create function true_start(of_transaction int, of_charger text, told timestamptz, known_before timestamptz)
      returns timestamptz language plpgsql stable parallel safe cost 500 as $$
      begin
        if told is null or not exists (select from charger_clock clock where clock.charger_id = of_charger) then
          return told;
        end if;
        return true_at(of_charger, told, coalesce((select min(own.id) from (
          select r.id from meter_reading r where r.transaction_id = of_transaction offset 0) own), 9223372036854775807), known_before);
      end $$;`);
    // Its Stop came with its last reading.
    this.addSql(`
      create function true_stop(of_transaction int, of_charger text, told timestamptz, known_before timestamptz)
      returns timestamptz language plpgsql stable parallel safe cost 500 as $$
      begin
        if told is null or not exists (select from charger_clock clock where clock.charger_id = of_charger) then
          return told;
        end if;
        return true_at(of_charger, told, coalesce((select max(own.id) from (
          select r.id from meter_reading r where r.transaction_id = of_transaction offset 0) own), 9223372036854775807), known_before);
      end $$;`);
    // A clock that is set back gives its latest time before its last reading.
    this.addSql(`
      create function true_last_reading(of_transaction int, of_charger text, told timestamptz, known_before timestamptz)
      returns timestamptz language plpgsql stable parallel safe cost 500 as $$
      begin
        if told is null or not exists (select from charger_clock clock where clock.charger_id = of_charger) then
          return told;
        end if;
        return coalesce((select max(true_at(of_charger, r.at, r.id, known_before)) from meter_reading r
          where r.transaction_id = of_transaction), told);
      end $$;`);
    // Few, however many entries there are: those of a clock that lost its date lie upon each other.
    this.addSql(`
      create function told_ranges(of_charger text, true_from timestamptz, true_until timestamptz, known_before timestamptz)
      returns tstzmultirange language sql stable parallel safe as $$
        select range_agg(one.told) from (
          select tstzrange(true_from, greatest(true_from, true_until)) as told
          union all
          select tstzrange(true_from + clock.offset_ms * interval '1 millisecond',
              greatest(true_from, true_until) + clock.offset_ms * interval '1 millisecond')
            * tstzrange(clock.from_at, coalesce(clock.until_at, 'infinity'))
          from charger_clock clock
          where clock.charger_id = of_charger and clock.at < known_before and clock.offset_ms <> 0) one
      $$;`);
  }

  override down(): void {
    this.addSql('drop function told_ranges(text, timestamptz, timestamptz, timestamptz);');
    this.addSql('drop function true_last_reading(int, text, timestamptz, timestamptz);');
    this.addSql('drop function true_stop(int, text, timestamptz, timestamptz);');
    this.addSql('drop function true_start(int, text, timestamptz, timestamptz);');
    this.addSql('drop function true_at(text, timestamptz, bigint, timestamptz);');
    this.addSql('drop index "charger_clock_source_index";');
  }
}
