import { defineEntity, p } from '@mikro-orm/core';

/** A series of prices or factors by quarter-hour or hour: a market's prices, a loss profile. */
export const PriceSeries = defineEntity({
  name: 'PriceSeries',
  tableName: 'price_series',
  properties: {
    id: p.text().primary(),
    name: p.text(),
    /** `price`: micro-units of the currency per kWh. `factor`: parts per million, 1 000 000 is 1. */
    kind: p.text(),
    /** IANA zone of the clock in which the source counts its days and periods: Europe/Madrid for OMIE. */
    clockZone: p.text(),
    resolutionMinutes: p.integer(),
    /** ISO 4217; null for a factor. */
    currency: p.text().nullable(),
    source: p.text().nullable(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
});

/** One value of a series, from an instant on, for the series' resolution. */
export const SeriesValue = defineEntity({
  name: 'SeriesValue',
  tableName: 'series_value',
  properties: {
    series: () => p.manyToOne(PriceSeries).mapToPk().primary(),
    startsAt: p.datetime(3).primary(),
    /** Micro-units per kWh, or parts per million; market prices can be negative. */
    micros: p.bigint('number'),
    /** When the database last saw it change (a trigger writes it): what was rated before then is looked at again. */
    changedAt: p.datetime(3).defaultRaw('now()'),
  },
});
