import { once } from 'node:events';

/** Lets the keeper stop the run's PostgreSQL and remove its data. */
export default async function globalTeardown() {
  const keeper = globalThis.testPostgresKeeper;
  if (keeper === undefined || keeper.exitCode !== null) return;
  const end = once(keeper, 'exit');
  keeper.stdin.end();
  await end;
}
