import fc from 'fast-check';

/** Whole hours, half hours and quarters from UTC; clocks changed by one, two and half an hour, also at midnight. */
export const ZONES = [
  'Europe/Lisbon',
  'Atlantic/Azores',
  'Atlantic/Madeira',
  'Europe/Madrid',
  'Europe/Oslo',
  'America/St_Johns',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'Antarctica/Troll',
  'America/Santiago',
  'Africa/Cairo',
] as const;

/** Local days on which a zone's clock is changed. */
function changeDays(timeZone: string): string[] {
  const days: string[] = [];
  let at = Temporal.PlainDate.from('2026-01-01').toZonedDateTime(timeZone);
  for (;;) {
    const next = at.getTimeZoneTransition('next');
    if (next === null || next.year > 2028) return days;
    days.push(next.toPlainDate().toString());
    at = next;
  }
}

const anyDay = fc
  .integer({ min: 0, max: 1090 })
  .map((days) => Temporal.PlainDate.from('2026-01-01').add({ days }).toString());

/** A few local days, often around a change of the clock, a holiday or a season's end. */
export function windows(timeZone: string, maxDays: number): fc.Arbitrary<{ from: string; to: string }> {
  const special = ['2026-05-31', '2026-06-10', '2026-10-31', '2027-04-25', '2027-09-14', '2027-12-31', '2028-02-29'];
  const around = Math.floor((maxDays - 1) / 2);
  const centre = fc.oneof(anyDay, fc.constantFrom(...special, ...changeDays(timeZone), ...changeDays(timeZone)));
  return fc
    .tuple(centre, fc.integer({ min: 0, max: around }), fc.integer({ min: 0, max: around }))
    .map(([day, before, after]) => {
      const date = Temporal.PlainDate.from(day);
      return { from: date.subtract({ days: before }).toString(), to: date.add({ days: after }).toString() };
    });
}
