import { z } from 'zod';

import { count, currency, day, instant, micros, pageOf } from './api-values.js';

/* Calendars */

export const BAND_COUNT_KEYS = ['1', '2', '3', '4'] as const;
const namedBandSchema = z.object({ id: z.string(), label: z.string() });
export const calendarSchema = z.object({
  id: z.string(),
  /** The id where nobody gave it a name. */
  name: z.string(),
  region: z.string(),
  timeZone: z.string(),
  /** How sure its sources are, in words, each once. */
  confidence: z.array(z.string()),
  /** What its sets of hours rest on. */
  laws: z.array(z.string()),
  /** How many bands contracts with it can have. */
  bandCounts: z.array(z.int()),
  /** Comes with the product; else staff added it. */
  builtIn: z.boolean(),
  /** Installations within one's sight whose plan has it today. */
  installations: count,
});
/** Wall-clock minutes [startMinute, endMinute) of a day; `label` as price lists print it: `Cheia 1`. */
const calendarIntervalSchema = z.object({
  band: z.string(),
  label: z.string(),
  startMinute: z.int(),
  endMinute: z.int(),
});
const calendarTableSchema = z.object({
  season: z.enum(['summer', 'winter', 'all']),
  dayType: z.enum(['weekday', 'saturday', 'sunday', 'weekend', 'all']),
  confidence: z.string(),
  sources: z.array(z.string()),
  note: z.string().nullable(),
  /** The day's intervals, by number of bands of the contract. */
  byBands: z.partialRecord(z.enum(BAND_COUNT_KEYS), z.array(calendarIntervalSchema)),
});
export const calendarDetailSchema = calendarSchema.extend({
  seasons: z.object({ rule: z.enum(['legal-time', 'months']), summerMonths: z.array(z.int()) }),
  holidays: z.object({
    rule: z.enum(['as-contract', 'as-sunday', 'as-weekday']),
    country: z.string(),
    municipal: z.boolean(),
    onlyFixed: z.boolean(),
  }),
  /** What is known of holidays, in the source's words. */
  holidaysNote: z.string(),
  bands: z.array(namedBandSchema),
  sets: z.array(
    z.object({
      id: z.string(),
      holds: z.enum(['always', 'until-changeover', 'from-changeover']),
      from: day,
      to: day.nullable(),
      law: z.string(),
      tables: z.array(calendarTableSchema),
    }),
  ),
});

/* What an installation's energy costs, over time */

const indexSchema = z.object({
  seriesId: z.string(),
  seriesName: z.string(),
  lossesSeriesId: z.string().nullable(),
  lossesPpm: z.int(),
  factorPpm: z.int(),
  marginMicros: micros,
});
export const pricePartSchema = z.object({ component: z.string(), micros });
const bandPricesSchema = z.object({
  band: z.string(),
  label: z.string(),
  direction: z.enum(['import', 'export']),
  /** Energy first; of an indexed plan what comes on top of the index. */
  parts: z.array(pricePartSchema),
  totalMicros: micros,
});
export const planChargeSchema = z.object({
  /** `retailer`: part of its bill; `bpo`: our fee by the contract with the condominium. */
  party: z.string(),
  code: z.string(),
  label: z.string(),
  unit: z.string(),
  micros,
  shareBy: z.string(),
  vatCode: z.string(),
  exemptionCode: z.string().nullable(),
  source: z.string().nullable(),
});
export const TARIFF_CHANGES = ['plan', 'prices', 'charges', 'calendar', 'none'] as const;
/** Local days [from, to], both inclusive, on which every price and charge stays the same. */
export const tariffSpanSchema = z.object({
  from: day,
  to: day.nullable(),
  isToday: z.boolean(),
  /** What is other than on the day before. */
  changes: z.array(z.enum(TARIFF_CHANGES)),
  plan: z.object({
    planId: z.string(),
    name: z.string(),
    retailer: z.string().nullable(),
    calendarId: z.string(),
    calendarName: z.string(),
    bandCount: z.int(),
    calendarChangeover: day.nullable(),
    holidaysAsSunday: z.boolean(),
    vatCode: z.string(),
    exemptionCode: z.string().nullable(),
    source: z.string().nullable(),
    index: indexSchema.nullable(),
  }),
  prices: z.array(bandPricesSchema),
  charges: z.array(planChargeSchema),
});
const nextChangeSchema = z.object({ date: day, changes: z.array(z.enum(TARIFF_CHANGES)) });
export const tariffSchema = z.object({
  installationId: z.string(),
  installationName: z.string(),
  condominiumName: z.string(),
  timeZone: z.string(),
  currency,
  /** The local day it is there. */
  today: day,
  /** Null: no plan holds today, and nothing can be rated. */
  current: z
    .object({
      planName: z.string(),
      retailer: z.string().nullable(),
      calendarId: z.string(),
      bandCount: z.int(),
      isIndexed: z.boolean(),
      lowestMicros: micros.nullable(),
      highestMicros: micros.nullable(),
    })
    .nullable(),
  nextChange: nextChangeSchema.nullable(),
});
export const tariffDetailSchema = tariffSchema.extend({ spans: z.array(tariffSpanSchema) });

/* Price series */

export const priceSeriesSchema = z.object({
  id: z.string(),
  name: z.string(),
  kind: z.string(),
  /** Zone of the clock in which the source counts its days and periods. */
  clockZone: z.string(),
  resolutionMinutes: z.int(),
  currency: z.string().nullable(),
  source: z.string().nullable(),
  values: count,
  firstAt: instant.nullable(),
  /** When the last value ceases to hold. */
  endsAt: instant.nullable(),
  gapCount: count,
  /** The first gaps, half-open. */
  gaps: z.array(z.object({ from: instant, to: instant })),
});

export const calendarPageSchema = pageOf(calendarSchema);
export const tariffPageSchema = pageOf(tariffSchema);
export const priceSeriesPageSchema = pageOf(priceSeriesSchema);

export type Calendar = z.infer<typeof calendarSchema>;
export type CalendarDetail = z.infer<typeof calendarDetailSchema>;
export type CalendarTable = z.infer<typeof calendarTableSchema>;
export type CalendarInterval = z.infer<typeof calendarIntervalSchema>;
export type TariffChange = (typeof TARIFF_CHANGES)[number];
export type TariffSpan = z.infer<typeof tariffSpanSchema>;
export type BandPrices = z.infer<typeof bandPricesSchema>;
export type PlanCharge = z.infer<typeof planChargeSchema>;
export type PriceIndex = z.infer<typeof indexSchema>;
export type Tariff = z.infer<typeof tariffSchema>;
export type TariffDetail = z.infer<typeof tariffDetailSchema>;
export type PriceSeries = z.infer<typeof priceSeriesSchema>;
