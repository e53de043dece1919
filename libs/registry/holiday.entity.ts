import { defineEntity, p } from '@mikro-orm/core';

import type { HolidayRule } from './holiday-data.js';

/** A holiday that staff added to those that come with the product: municipal ones, mostly. */
export const Holiday = defineEntity({
  name: 'Holiday',
  tableName: 'holiday',
  properties: {
    id: p.uuid().primary().defaultRaw('uuidv7()'),
    /** ISO 3166 code. */
    country: p.text(),
    /** Name of the municipality; '' for a national holiday. */
    municipality: p.text().default(''),
    name: p.text(),
    rule: p.json<HolidayRule>(),
    /** Years in which it holds, both inclusive; null: open. */
    yearFrom: p.integer().nullable(),
    yearTo: p.integer().nullable(),
    source: p.text(),
    createdAt: p.datetime(3).defaultRaw('now()'),
  },
  uniques: [{ name: 'holiday_name_unique', properties: ['country', 'municipality', 'name'] }],
});
