/** Who may do what, as one table. Pure: the caller says whose the thing is, this says whether the person may. */
export const ROLES = ['administrator', 'staff', 'manager', 'resident', 'installer'] as const;
export type Role = (typeof ROLES)[number];

export const ACTIONS = [
  'installation.read',
  'spot.read',
  'charger.read',
  'charger.command',
  'token.read',
  'token.change',
  'charger.secure',
  'charger.enrol',
  'charger.unsecure',
  'frame.read',
  'circuit.read',
  'circuit.change',
  'main-meter.report',
  'oddity.read',
  'oddity.resolve',
  'reading.correct',
  'month.read',
  'month.act',
  'invoice.read',
  'customer.read',
  'prepaid.act',
  'refund.act',
  'collection.act',
  'arrears.read',
  'payment.make',
  'refund.make',
  'statement.read',
  'arrears.act',
  'arrears.ask',
  'arrears.debts',
  'tariff.read',
  'tariff.change',
  'bill.read',
  'bill.enter',
  'archive.read',
  'mail.read',
  'mail.act',
  'file.read',
  'ledger.read',
  'saft.read',
  'payout.read',
  'payout.act',
  'system.read',
] as const;
export type Action = (typeof ACTIONS)[number];

/** How far a permission reaches: everything, the person's own condominium, the person's own customer number, nothing. */
export type Reach = 'all' | 'condominium' | 'customer' | 'nothing';

/** Rows: roles; columns: actions. What is not named is not allowed. */
const REACH: Readonly<Record<Role, Readonly<Partial<Record<Action, Reach>>>>> = {
  administrator: Object.fromEntries(ACTIONS.map((action) => [action, 'all'])),
  staff: Object.fromEntries(ACTIONS.map((action) => [action, 'all'])),
  manager: {
    'installation.read': 'condominium',
    'spot.read': 'condominium',
    'charger.read': 'condominium',
    'token.read': 'condominium',
    'circuit.read': 'condominium',
    'oddity.read': 'condominium',
    'month.read': 'condominium',
    'invoice.read': 'condominium',
    'arrears.read': 'condominium',
    'arrears.debts': 'condominium',
    'customer.read': 'condominium',
    'statement.read': 'condominium',
    'tariff.read': 'condominium',
    'bill.read': 'condominium',
    'archive.read': 'condominium',
    'mail.read': 'condominium',
    'file.read': 'condominium',
    'payout.read': 'condominium',
  },
  resident: {
    'installation.read': 'customer',
    'spot.read': 'customer',
    'token.read': 'customer',
    'invoice.read': 'customer',
    'arrears.read': 'customer',
    'arrears.ask': 'customer',
    'customer.read': 'customer',
    'prepaid.act': 'customer',
    'payment.make': 'customer',
    'mail.read': 'customer',
    'file.read': 'customer',
  },
  installer: {
    'installation.read': 'condominium',
    'spot.read': 'condominium',
    'charger.read': 'condominium',
    'charger.command': 'condominium',
    'charger.secure': 'condominium',
    'charger.enrol': 'condominium',
    'frame.read': 'condominium',
    'circuit.read': 'condominium',
    'circuit.change': 'condominium',
    'main-meter.report': 'condominium',
    'oddity.read': 'condominium',
    'oddity.resolve': 'condominium',
  },
};

/** Who asks: a signed-in user or an API token. */
export interface Person {
  readonly role: Role;
  readonly condominiumId: string | null;
  readonly customerId: string | null;
}

/** Whose a thing is. `customerId` is null for what belongs to the condominium as a whole. */
export interface Owner {
  readonly condominiumId: string | null;
  readonly customerId: string | null;
}

/** What a query may see; every query takes one. */
export type TenantScope =
  | { readonly kind: 'all' }
  | { readonly kind: 'condominium'; readonly condominiumId: string }
  | { readonly kind: 'customer'; readonly customerId: string };

export function reachOf(role: Role, action: Action): Reach {
  return REACH[role][action] ?? 'nothing';
}

/**
 * The rows a person may see for an action, or null when the person may not do it at all. A manager without a
 * condominium and a resident without a customer number may see nothing: never everything.
 */
export function scopeOf(person: Person, action: Action): TenantScope | null {
  const reach = reachOf(person.role, action);
  switch (reach) {
    case 'all':
      return { kind: 'all' };
    case 'condominium':
      return person.condominiumId === null ? null : { kind: 'condominium', condominiumId: person.condominiumId };
    case 'customer':
      return person.customerId === null ? null : { kind: 'customer', customerId: person.customerId };
    case 'nothing':
      return null;
    default:
      return reach satisfies never;
  }
}

/** Whether a scope covers what belongs to `owner`. */
export function covers(scope: TenantScope, owner: Owner): boolean {
  switch (scope.kind) {
    case 'all':
      return true;
    case 'condominium':
      return owner.condominiumId === scope.condominiumId;
    case 'customer':
      return owner.customerId === scope.customerId;
    default:
      return scope satisfies never;
  }
}

/** role × action × owner → may the person do it. */
export function can(person: Person, action: Action, owner: Owner): boolean {
  const scope = scopeOf(person, action);
  return scope !== null && covers(scope, owner);
}
