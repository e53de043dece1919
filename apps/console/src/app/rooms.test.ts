import { describe, expect, test } from '@jest/globals';

import { homePath, mayEnter, roomsOf } from './rooms.js';

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
    [INSTALLER, '/money/payouts', false],
    [RESIDENT, '/tariffs', false],
    [STAFF, '/nowhere', false],
    [STAFF, '/', true],
  ])('%j at %s: %s', (user, pathname, may) => expect(mayEnter(user, pathname)).toBe(may));
});
