import { defineEntity, p } from '@mikro-orm/core';

import { Installation } from '../registry/registry.entity.js';

/** The retailer's contract of one installation, valid on local days [validFrom, validTo]; validTo inclusive as printed. */
export const PricePlan = defineEntity({
  name: 'PricePlan',
  tableName: 'price_plan',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    installation: () => p.manyToOne(Installation).mapToPk(),
    name: p.text(),
    calendarId: p.text(),
    bands: p.integer(),
    calendarChangeover: p.date().nullable(),
    holidaysAsSunday: p.boolean().default(false),
    validFrom: p.date(),
    validTo: p.date().nullable(),
    source: p.text().nullable(),
  },
  uniques: [{ name: 'price_plan_from_unique', properties: ['installation', 'validFrom'] }],
});

/** Price per kWh of one band in micro-euros (six decimals), valid on local days [validFrom, validTo]. */
export const BandPrice = defineEntity({
  name: 'BandPrice',
  tableName: 'band_price',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    plan: () => p.manyToOne(PricePlan).mapToPk(),
    band: p.text(),
    direction: p.text().default('import'),
    validFrom: p.date(),
    validTo: p.date().nullable(),
    microsPerKWh: p.bigint('number').fieldName('micros_per_kwh'),
  },
  uniques: [{ name: 'band_price_from_unique', properties: ['plan', 'band', 'direction', 'validFrom'] }],
});
