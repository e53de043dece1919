// Waits for the end of the test run that started it (its end of the pipe closes, by kill -9 too), then stops the run's
// PostgreSQL and removes its data: node postgres-keeper.mjs <data directory>.
import { removeEmbeddedPostgres } from '#apps/cli/servers/postgres.js';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.stdin.resume();
process.stdin.once('close', () => {
  removeEmbeddedPostgres(process.argv[2]).then(
    () => process.exit(0),
    (error) => {
      process.stderr.write(`the tests' PostgreSQL could not be removed: ${error}\n`);
      process.exit(1);
    },
  );
});
