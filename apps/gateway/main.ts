import { openLog } from './log.js';
import { settingsFrom } from './settings.js';
import { startGateway } from './start-gateway.js';

/** Longer than any drain; then the supervisor's patience ends anyway. */
const CLOSE_LIMIT_MS = 20_000;

const log = openLog();

async function main(): Promise<void> {
  const gateway = await startGateway(settingsFrom(process.env), log);
  let isClosing = false;
  const close = (signal: NodeJS.Signals): void => {
    if (isClosing) return;
    isClosing = true;
    log.info({ signal }, 'closing');
    setTimeout(() => process.exit(1), CLOSE_LIMIT_MS).unref();
    gateway.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.fatal({ err: error }, 'did not close cleanly');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}

main().catch((error: unknown) => {
  log.fatal({ err: error }, 'the gateway could not start');
  process.exit(1);
});
