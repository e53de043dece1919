import { createUser } from '#libs/identity/users.js';
import { recordTopUp } from '#libs/payments/record-top-up.js';
import { registerMandate } from '#libs/payments/register-mandate.js';
import { openStripe } from '#libs/payments/stripe-client.js';
import type { Sql } from '#libs/persistence/database.js';

import { CONDOMINIUM_ID } from './seed-registry.js';
import { TEST_IBANS, TOP_UP_CENTS, type DemoResident, type DemoWorld } from './world.js';

/** Who can sign in at the demo's console. For a demonstration on one machine only. */
export const LOGINS = [
  { role: 'staff', email: 'operador@example.org', password: 'demonstracao', name: 'Operador' },
  { role: 'manager', email: 'gestora@example.org', password: 'demonstracao', name: 'Gestora do condomínio' },
  { role: 'resident', email: '1001@example.org', password: 'demonstracao', name: 'Ana Silva' },
] as const;

/** The people who sign in: staff, the manager, and the resident of spot 3012. */
export async function seedLogins(sql: Sql): Promise<void> {
  for (const login of LOGINS) {
    await createUser(sql, {
      ...login,
      condominiumId: login.role === 'manager' ? CONDOMINIUM_ID : null,
      customerId: login.role === 'resident' ? '1001' : null,
    });
  }
}

interface Provider {
  readonly secretKey: string;
  readonly apiBase: string | undefined;
}

async function seedPayer(sql: Sql, resident: DemoResident, provider: Provider, now: Date): Promise<void> {
  const { payer } = resident;
  if (payer === 'no-mandate') return;
  if (payer === 'prepaid-rich' || payer === 'prepaid-poor') {
    const amountCents = TOP_UP_CENTS[payer];
    await recordTopUp(sql, { customerId: resident.id, source: 'bank', amountCents, key: 'demo', now });
    return;
  }
  const stripe = openStripe(provider);
  const mandate = await registerMandate(
    { sql, stripe },
    {
      customerId: resident.id,
      key: `demo/${resident.id}`,
      iban: TEST_IBANS[payer],
      acceptance: { ipAddress: '127.0.0.1', userAgent: 'demonstration', acceptedAt: now },
      now,
    },
  );
  if ('refused' in mandate) throw new Error(`no mandate for ${resident.id}: ${mandate.refused.code}`);
}

/** Mandates signed at the payment provider, and balances paid ahead. */
export async function seedPayers(sql: Sql, world: DemoWorld, provider: Provider, now: Date): Promise<void> {
  for (const resident of world.residents) await seedPayer(sql, resident, provider, now);
}
