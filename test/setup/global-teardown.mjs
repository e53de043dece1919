/** Stops the run's PostgreSQL and removes its data. */
export default async function globalTeardown() {
  await globalThis.testPostgres?.stop();
}
