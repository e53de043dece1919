import { spawnSync } from 'node:child_process';

import { programOnPath } from '#apps/cli/processes/run-program.js';
import { CHROMIUM_ADVICE, presentChromium } from '#apps/cli/servers/chromium.js';

function installByApt(): string {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  let said = '';
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation']]) {
    const run = spawnSync('apt-get', args, {
      encoding: 'utf8',
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 300_000,
    });
    said = `${run.stdout}${run.stderr}`.trim().split('\n').slice(-5).join('\n');
    if (run.status !== 0) break;
  }
  return said;
}

/**
 * The browser of the browser tests. Where there is none it is installed by apt (as root on Debian); otherwise throws
 * with how to get it: a browser test is never skipped in silence.
 */
export function findChromium(): string {
  const present = presentChromium();
  if (present !== null) return present;
  let said = 'not root, or no apt-get: it cannot be installed from here';
  if (process.getuid?.() === 0 && programOnPath('apt-get') !== null) {
    process.stderr.write('installing Chromium by apt-get …\n');
    said = installByApt();
    const installed = presentChromium();
    if (installed !== null) return installed;
  }
  throw new Error(`The browser tests need Chromium, and there is none: ${CHROMIUM_ADVICE}\n${said}`);
}
