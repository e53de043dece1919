import { describe, expect, test } from '@jest/globals';

import { paths } from './paths.js';
import { homePath, isIn, mayEnter, roomsOf } from './rooms.js';

const RESIDENT = { role: 'resident', customerId: 'k1' } as const;
const INSTALLER = { role: 'installer', customerId: null } as const;
const STAFF = { role: 'staff', customerId: null } as const;
const MANAGER = { role: 'manager', customerId: null } as const;

describe('where people land', () => {
  test('a resident on their own page, with doors to their own money and letters alone', () => {
    expect(homePath(RESIDENT)).toBe('/customers/k1');
    expect(roomsOf(RESIDENT)).toEqual(['my-months', 'my-money', 'mails']);
  });

  test('staff and managers on the months, an installer on the installations', () => {
    expect(homePath(STAFF)).toBe('/months');
    expect(homePath(MANAGER)).toBe('/months');
    expect(homePath(INSTALLER)).toBe('/installations');
  });
});

describe('addresses behind no door of the person', () => {
  test.each([
    [RESIDENT, '/customers/k1', true],
    [RESIDENT, '/customers/k1/months/c', true],
    [RESIDENT, '/customers/k11', false],
    [RESIDENT, '/my-money', true],
    [STAFF, '/my-money', false],
    [RESIDENT, '/customers', false],
    [RESIDENT, '/months', false],
    [INSTALLER, '/installations/aurora', true],
    [INSTALLER, '/months/c', false],
    [STAFF, '/customers/k1', true],
    [STAFF, '/tariffs/calendars/pt-mainland-weekly', true],
    [MANAGER, '/tariffs', true],
    [MANAGER, '/money', true],
    [MANAGER, '/money/payouts', true],
    [RESIDENT, '/money/payouts', false],
    [STAFF, '/arrears/d', true],
    [MANAGER, '/arrears/d', true],
    [RESIDENT, '/arrears/d', true],
    [INSTALLER, '/arrears/d', false],
    [INSTALLER, '/chargers/x', true],
    [RESIDENT, '/chargers/x', false],
    [INSTALLER, '/money/payouts', false],
    [RESIDENT, '/tariffs', false],
    [STAFF, '/nowhere', false],
    [STAFF, '/', true],
  ])('%j at %s: %s', (user, pathname, may) => expect(mayEnter(user, pathname)).toBe(may));
});

test('every page of the console can be reached by somebody', () => {
  const addresses = Object.values(paths).map((path) => (typeof path === 'string' ? path : path('k1', 'c')));
  const people = [RESIDENT, INSTALLER, STAFF, MANAGER];
  const closed = addresses.filter((address) => !people.some((one) => mayEnter(one, address.replace(/\?.*/, ''))));
  expect(closed).toEqual([]);
});

test('the page of a debt is shown as part of the money, whoever looks at it', () => {
  expect(roomsOf(STAFF).filter((room) => isIn(room, STAFF, '/arrears/d'))).toEqual(['money']);
  expect(roomsOf(RESIDENT).filter((room) => isIn(room, RESIDENT, '/arrears/d'))).toEqual(['my-money']);
});
