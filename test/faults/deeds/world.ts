import type Stripe from 'stripe';

import { openStripe } from '#libs/payments/stripe-client.js';
import type { Sql } from '#libs/persistence/database.js';
import { createTestDatabase, type TestDatabase } from '#test/setup/database.js';
import { addInstallation } from '#test/stripe-sandbox/invoice-fixture.js';
import { sandboxControl, type SandboxControl } from '#test/stripe-sandbox/sandbox-control.js';
import { startSandbox } from '#test/stripe-sandbox/server.js';

/** Where money is moved: our database, the payment provider, and who is told. */
export interface World {
  readonly sql: Sql;
  readonly stripe: Stripe;
  readonly control: SandboxControl;
  /** What workflows and people would hear. */
  tell(what: string): void;
}

export interface OpenWorld {
  readonly world: World;
  readonly database: TestDatabase;
  close(): Promise<void>;
}

export async function openWorld(): Promise<OpenWorld> {
  const database = await createTestDatabase();
  await addInstallation(database.sql);
  const sandbox = await startSandbox({ processingMs: 3_600_000 });
  const world = {
    sql: database.sql,
    stripe: openStripe({ secretKey: 'sk_test_x', apiBase: sandbox.url }),
    control: sandboxControl(sandbox.url),
    tell: () => undefined,
  };
  return {
    world,
    database,
    async close() {
      await sandbox.close();
      await database.drop();
    },
  };
}

export type Run = (world: World) => Promise<unknown>;

/** Something that is done with money, from the outside: as a request, a webhook or the worker does it. */
export interface Deed {
  readonly name: string;
  /** What happens before, of which this deed is no test; gives the deed itself. */
  prepare(world: World): Promise<Run>;
}

/** `facts` are what the deed needs of what happened before. */
export function deed<Facts>(
  name: string,
  before: (world: World) => Promise<Facts>,
  run: (world: World, facts: Facts) => Promise<unknown>,
): Deed {
  return {
    name,
    async prepare(world) {
      const facts = await before(world);
      return (again) => run(again, facts);
    },
  };
}

/** What comes of an operation that must not be refused here. */
export async function done<T>(result: Promise<T>): Promise<Exclude<T, { readonly refused: unknown }>> {
  const value = await result;
  if (typeof value === 'object' && value !== null && 'refused' in value) throw new Error(JSON.stringify(value.refused));
  return value as Exclude<T, { readonly refused: unknown }>;
}
