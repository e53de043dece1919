import type { User } from '#apps/backoffice/api-types.js';

import { paths } from './paths.js';

export type RoomName =
  | 'months'
  | 'installations'
  | 'customers'
  | 'tariffs'
  | 'money'
  | 'mails'
  | 'my-months'
  | 'my-money';

/** Which rooms a person has a door to, in the order of the navigation. The server checks every request by itself. */
export function roomsOf(user: Pick<User, 'role' | 'customerId'>): RoomName[] {
  switch (user.role) {
    case 'administrator':
    case 'staff':
      return ['months', 'installations', 'customers', 'tariffs', 'money', 'mails'];
    case 'manager':
      return ['months', 'installations', 'customers', 'tariffs', 'money', 'mails'];
    case 'installer':
      return ['installations'];
    case 'resident':
      return user.customerId === null ? [] : ['my-months', 'my-money', 'mails'];
    default:
      return never(user.role);
  }
}

export function roomPath(room: RoomName, user: Pick<User, 'customerId'>): string {
  if (room === 'my-months') return paths.customer(user.customerId ?? '');
  return room === 'my-money' ? paths.myMoney : paths[room];
}

/** Whether an address lies behind one of the person's doors; the bare address is everybody's way in. */
export function mayEnter(user: Pick<User, 'role' | 'customerId'>, pathname: string): boolean {
  if (pathname === paths.home) return true;
  return roomsOf(user).some((room) => {
    const door = roomPath(room, user);
    return pathname === door || pathname.startsWith(`${door}/`);
  });
}

/** Where a person lands after signing in. */
export function homePath(user: Pick<User, 'role' | 'customerId'>): string {
  const [first] = roomsOf(user);
  return first === undefined ? paths.mails : roomPath(first, user);
}

function never(role: never): RoomName[] {
  throw new Error(`Unknown role ${String(role)}`);
}
