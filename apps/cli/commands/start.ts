import { Command } from 'commander';

import { startUntilSignal } from '../system/start-until-signal.js';

function print(lines: readonly (string | null)[]): void {
  process.stdout.write(`${lines.filter((line) => line !== null).join('\n')}\n`);
}

/** `chazemo start`: the whole system, until it is asked to stop. */
export function startCommand(): Command {
  return new Command('start')
    .description('start the whole system on configured or embedded servers and stay up')
    .option('--json', 'print one JSON object when it is up')
    .action(async ({ json }: { json?: boolean }) => {
      const startedMs = Date.now();
      const system = await startUntilSignal({ tell: (line) => process.stderr.write(`${line}\n`) });
      const { urls, administrator, dataDir } = system;
      const seconds = (Date.now() - startedMs) / 1000;
      const password = administrator.isNew ? administrator.password : undefined;
      if (json === true) {
        print([JSON.stringify({ urls, dataDir, seconds, administrator: { email: administrator.email, password } })]);
        return;
      }
      print([
        `ChaZeMo is up (${seconds.toFixed(1)} s). Ctrl-C stops it.`,
        `  Console    ${urls.console}`,
        `  Chargers   ${urls.ocpp}/{chargePointId}`,
        urls.temporalUi === null ? null : `  Workflows  ${urls.temporalUi}`,
        `  Data       ${dataDir}`,
        password === undefined
          ? `  Sign in as ${administrator.email}`
          : `  Sign in as ${administrator.email} with ${password} (shown this once)`,
      ]);
    });
}
