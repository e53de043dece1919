import { existsSync, mkdirSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { runProgram } from '../processes/run-program.js';

/** File name up to the version, as the SDK names what it downloads. */
const PREFIX = { 'dev-server': 'temporal-cli', 'time-skipping': 'temporal-test-server' } as const;

/** Nothing arrived for so long: no way out to the SDK's download host. */
const SILENCE_MS = 15_000;
const LIMIT_MS = 10 * 60_000;

/** The server the SDK downloaded earlier into this folder; null when there is none. */
export function downloadedServer(kind: keyof typeof PREFIX, folder: string): string | null {
  if (!existsSync(folder)) return null;
  const name = readdirSync(folder).find((entry) => entry.startsWith(PREFIX[kind]) && !entry.endsWith('.downloading'));
  return name === undefined ? null : join(folder, name);
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );
}

/** The SDK's own download of a server into `folder`: its path, or why there is none. Ends when nothing arrives. */
export async function downloadServer(
  kind: keyof typeof PREFIX,
  folder: string,
): Promise<{ path: string } | { failed: string }> {
  mkdirSync(folder, { recursive: true });
  let bytes = 0;
  let movedAtMs = 0;
  let gaveUp = false;
  const outcome = await runProgram(
    process.execPath,
    [fileURLToPath(new URL('./sdk-downloader.js', import.meta.url)), kind, folder],
    {
      limitMs: LIMIT_MS,
      giveUp(elapsedMs) {
        const now = bytesIn(folder);
        if (now !== bytes) movedAtMs = elapsedMs;
        bytes = now;
        gaveUp = elapsedMs - movedAtMs > SILENCE_MS;
        return gaveUp;
      },
    },
  );
  const path = downloadedServer(kind, folder);
  if (outcome.status === 0 && path !== null) return { path };
  if (gaveUp) return { failed: `no answer in ${SILENCE_MS / 1000} s` };
  return { failed: reasonIn(outcome.said) };
}

/** The SDK reports a chain of causes on one line: the last one says what is the matter. */
function reasonIn(said: string): string {
  const line = said.split('\n').find((text) => /error/i.test(text)) ?? '';
  return (
    line
      .split(': ')
      .at(-1)
      ?.replaceAll(/[\])}]+$/g, '')
      .slice(0, 200) || 'no reason given'
  );
}
