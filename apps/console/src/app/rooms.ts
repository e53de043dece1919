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

/** Pages that belong to a room and have an address of their own: staff and the debtor reach the same page of a debt. */
const ANNEXES: Partial<Record<RoomName, string>> = {
  installations: paths.chargers,
  money: paths.arrears,
  'my-money': paths.arrears,
};

/** Whether an address lies in a room: at its door, behind it, or in what belongs to it. */
export function isIn(room: RoomName, user: Pick<User, 'customerId'>, pathname: string): boolean {
  return [roomPath(room, user), ANNEXES[room]].some(
    (door) => door !== undefined && (pathname === door || pathname.startsWith(`${door}/`)),
  );
}

/** Whether an address lies in one of the person's rooms; the bare address is everybody's way in. */
export function mayEnter(user: Pick<User, 'role' | 'customerId'>, pathname: string): boolean {
  return pathname === paths.home || roomsOf(user).some((room) => isIn(room, user, pathname));
}

/** Where a person lands after signing in. */
export function homePath(user: Pick<User, 'role' | 'customerId'>): string {
  const [first] = roomsOf(user);
  return first === undefined ? paths.mails : roomPath(first, user);
}

function never(role: never): RoomName[] {
  throw new Error(`Unknown role ${String(role)}`);
}
