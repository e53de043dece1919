import type { User } from '#apps/backoffice/api-types.js';

import { paths } from './paths.js';

export type RoomName = 'months' | 'installations' | 'customers' | 'mails' | 'my-months';

/** Which rooms a person has a door to, in the order of the navigation. The server checks every request by itself. */
export function roomsOf(user: Pick<User, 'role' | 'customerId'>): RoomName[] {
  switch (user.role) {
    case 'administrator':
    case 'staff':
      return ['months', 'installations', 'customers', 'mails'];
    case 'manager':
      return ['months', 'installations', 'customers'];
    case 'installer':
      return ['installations'];
    case 'resident':
      return user.customerId === null ? [] : ['my-months'];
    default:
      return never(user.role);
  }
}

export function roomPath(room: RoomName, user: Pick<User, 'customerId'>): string {
  return room === 'my-months' ? paths.customer(user.customerId ?? '') : paths[room];
}

/** Where a person lands after signing in. */
export function homePath(user: Pick<User, 'role' | 'customerId'>): string {
  const [first] = roomsOf(user);
  return first === undefined ? paths.mails : roomPath(first, user);
}

function never(role: never): RoomName[] {
  throw new Error(`Unknown role ${String(role)}`);
}
