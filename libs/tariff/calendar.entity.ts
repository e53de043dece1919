import { defineEntity, p } from '@mikro-orm/core';

import type { Calendar } from './calendar.js';

/** A calendar that staff added to those that come with the product; checked by the same schema. */
export const StoredCalendar = defineEntity({
  name: 'StoredCalendar',
  tableName: 'calendar',
  properties: {
    id: p.text().primary(),
    content: p.json<Calendar>(),
    createdAt: p.datetime(3).defaultRaw('now()'),
    createdBy: p.text(),
  },
});
