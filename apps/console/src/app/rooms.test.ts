import { describe, expect, test } from '@jest/globals';

import { homePath, roomsOf } from './rooms.js';

describe('where people land', () => {
  test('a resident on their own months, and sees no other room', () => {
    const resident = { role: 'resident', customerId: 'k1' } as const;
    expect(homePath(resident)).toBe('/customers/k1');
    expect(roomsOf(resident)).toEqual(['my-months']);
  });

  test('staff and managers on the months, an installer on the installations', () => {
    expect(homePath({ role: 'staff', customerId: null })).toBe('/months');
    expect(homePath({ role: 'manager', customerId: null })).toBe('/months');
    expect(homePath({ role: 'installer', customerId: null })).toBe('/installations');
  });

  test('a manager has no door to the messages', () => {
    expect(roomsOf({ role: 'manager', customerId: null })).not.toContain('mails');
  });
});
