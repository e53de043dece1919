import { z } from 'zod';

import { holidayBook } from '#libs/registry/holidays.js';
import { isTimeZone } from '#libs/registry/period.js';

import { BAND_PATTERN, DIRECTIONS, type BandCount } from './bands.js';
import { builtInCalendar, builtInCalendarIds } from './calendar-files.js';
import type { Calendar } from './calendar.js';
import { parseMicros } from './micros.js';
import { COMPONENTS, ENERGY, type BandPrice, type Contract, type Tariff } from './tariff.js';

const priceSchema = z
  .object({
    from: z.iso.date(),
    to: z.iso.date().nullish(),
    band: z.string().regex(BAND_PATTERN, 'a band such as super-vazio'),
    direction: z.enum(DIRECTIONS).default('import'),
    component: z.enum(COMPONENTS).default(ENERGY),
    perKWh: z.string().refine((text) => parseMicros(text) !== null, 'a price such as "0.245102", up to six decimals'),
  })
  .refine((price) => price.to === undefined || price.to === null || price.to >= price.from, '"to" is before "from"');

/** tariff.json of `chazemo rate`. */
const tariffFileSchema = z
  .object({
    timeZone: z.string().refine(isTimeZone, 'an IANA time zone such as "Europe/Lisbon"'),
    calendar: z.string(),
    bands: z.union([z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
    calendarChangeover: z.iso.date().nullish(),
    holidaysAsSunday: z.boolean().default(false),
    prices: z.array(priceSchema),
  })
  .check((context) => {
    const seen = new Set<string>();
    for (const { band, direction, component, from } of context.value.prices) {
      const what = component === ENERGY ? `${band}, ${direction}` : `${band}, ${direction}, ${component}`;
      const key = `${what}, from ${from}`;
      if (seen.has(key)) {
        context.issues.push({ code: 'custom', input: from, path: ['prices'], message: `two prices for ${key}` });
      }
      seen.add(key);
    }
  });

type TariffFile = z.infer<typeof tariffFileSchema>;
type Refused = { readonly refused: { readonly code: 'TARIFF.INVALID'; readonly problem: string } };

/** Reads the content of a tariff.json; a problem is worded for the person who wrote the file. */
export function parseTariff(json: unknown): { readonly ok: Tariff } | Refused {
  const parsed = tariffFileSchema.safeParse(json);
  if (!parsed.success) return refuse(z.prettifyError(parsed.error));
  const calendar = builtInCalendar(parsed.data.calendar);
  if (calendar === null) {
    return refuse(
      `✖ no calendar "${parsed.data.calendar}": one of ${builtInCalendarIds().join(', ')}\n  → at calendar`,
    );
  }
  const problem = problemWithBands(parsed.data, calendar);
  if (problem !== null) return refuse(problem);
  const holidays = holidayBook({ country: calendar.holidays.country, municipality: null });
  return { ok: { timeZone: parsed.data.timeZone, holidays, contracts: [contractOf(parsed.data, calendar)] } };
}

function refuse(problem: string): Refused {
  return { refused: { code: 'TARIFF.INVALID', problem } };
}

function problemWithBands({ bands, prices }: TariffFile, { id, bandRules }: Calendar): string | null {
  if (bandRules.merges[bands] === undefined) {
    return `✖ calendar ${id} has contracts with ${Object.keys(bandRules.merges).join(' or ')} bands, not ${bands}\n  → at bands`;
  }
  const known = bandRules.bands.map((band) => band.id);
  const at = prices.findIndex((price) => !known.includes(price.band));
  if (at < 0) return null;
  return `✖ no band "${prices[at]?.band}" in calendar ${id}: one of ${known.join(', ')}\n  → at prices[${at}].band`;
}

function contractOf(file: TariffFile, calendar: Calendar): Contract {
  const prices = file.prices.map(({ band, direction, component, from, to, perKWh }): BandPrice => {
    const microsPerKWh = parseMicros(perKWh);
    if (microsPerKWh === null) throw new Error(`Price ${perKWh} passed the check but is none`);
    return { band, direction, component, from, to: to ?? null, microsPerKWh };
  });
  return {
    validFrom: null,
    validTo: null,
    calendar,
    bands: file.bands satisfies BandCount,
    calendarChangeover: file.calendarChangeover ?? null,
    holidaysAsSunday: file.holidaysAsSunday,
    prices,
    index: null,
    vatCode: 'NOR',
    exemptionCode: null,
  };
}
