import { describe, expect, it } from '@jest/globals';

import { ACTIONS, can, ROLES, scopeOf, type Action, type Person, type Reach, type Role } from './permissions.js';

const READS = ['installation.read', 'spot.read', 'invoice.read', 'customer.read', 'mail.read', 'file.read'] as const;

/** The promise, written out apart from the table that keeps it. */
const PROMISED: Record<Role, { reach: Reach; actions: readonly Action[] }> = {
  administrator: { reach: 'all', actions: ACTIONS },
  staff: { reach: 'all', actions: ACTIONS },
  manager: {
    reach: 'condominium',
    actions: [
      ...READS,
      'charger.read',
      'token.read',
      'circuit.read',
      'oddity.read',
      'month.read',
      'tariff.read',
      'bill.read',
      'archive.read',
      'payout.read',
      'arrears.read',
      'arrears.debts',
      'statement.read',
    ],
  },
  resident: {
    reach: 'customer',
    actions: [...READS, 'token.read', 'arrears.read', 'arrears.ask', 'prepaid.act', 'payment.make'],
  },
  installer: {
    reach: 'condominium',
    actions: [
      'installation.read',
      'spot.read',
      'charger.read',
      'charger.command',
      'charger.secure',
      'charger.enrol',
      'frame.read',
      'circuit.read',
      'circuit.change',
      'main-meter.report',
      'oddity.read',
      'oddity.resolve',
    ],
  },
};

const OWNERS = [
  { condominiumId: 'A', customerId: '1' },
  { condominiumId: 'A', customerId: '2' },
  { condominiumId: 'A', customerId: null },
  { condominiumId: 'B', customerId: '3' },
  { condominiumId: 'B', customerId: null },
  { condominiumId: null, customerId: null },
];

const cases = ROLES.flatMap((role) => ACTIONS.flatMap((action) => OWNERS.map((owner) => ({ role, action, owner }))));

describe('permissions', () => {
  it.each(cases)('$role, $action, condominium $owner.condominiumId, customer $owner.customerId', (given) => {
    const person: Person = { role: given.role, condominiumId: 'A', customerId: '1' };
    const promised = PROMISED[given.role];
    const within = {
      all: true,
      condominium: given.owner.condominiumId === 'A',
      customer: given.owner.customerId === '1',
      nothing: false,
    }[promised.reach];
    expect(can(person, given.action, given.owner)).toBe(promised.actions.includes(given.action) && within);
  });

  it.each(ACTIONS)('%s: a manager without a condominium and a resident without a number see nothing', (action) => {
    for (const role of ['manager', 'resident', 'installer'] as const) {
      const person = { role, condominiumId: null, customerId: null };
      expect(scopeOf(person, action)).toBeNull();
      for (const owner of OWNERS) expect(can(person, action, owner)).toBe(false);
    }
  });
});
