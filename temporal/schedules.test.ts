import { expect, test } from '@jest/globals';

import { closeSchedule } from './schedules.js';

const lisbon = { installationId: 'pn3', timeZone: 'Europe/Lisbon' };

test('the first of the month at the local time, in the installation’s own zone, never two at once', () => {
  const schedule = closeSchedule({ ...lisbon, timeZone: 'Atlantic/Azores', closeAtLocalTime: '05:30' });
  expect(schedule).toMatchObject({
    scheduleId: 'close-pn3',
    spec: { calendars: [{ dayOfMonth: 1, hour: 5, minute: 30 }], timezone: 'Atlantic/Azores' },
    policies: { overlap: 'SKIP' },
    action: { workflowType: 'monthStarter', workflowId: 'close/pn3', args: [{ installationId: 'pn3' }] },
  });
});

test.each(['00:00', '01:30', '03:59', '', 'noon'])('never at %s, when clocks change', (closeAtLocalTime) => {
  expect(() => closeSchedule({ ...lisbon, closeAtLocalTime })).toThrow(RangeError);
});
