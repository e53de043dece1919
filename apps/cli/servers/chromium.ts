import { existsSync } from 'node:fs';

import { programOnPath } from '../processes/run-program.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'] as const;
const APPLICATIONS = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
] as const;

/** How to get what the browser tests need. */
export const CHROMIUM_ADVICE =
  'apt-get install chromium (Debian, Ubuntu), or set CHROMIUM_PATH to a Chromium or Chrome';

/** The browser for the browser tests: CHROMIUM_PATH, or one in its usual place; null when there is none. */
export function presentChromium(env: NodeJS.ProcessEnv = process.env): string | null {
  const given = env['CHROMIUM_PATH'];
  if (given !== undefined && given !== '') return existsSync(given) ? given : null;
  for (const name of NAMES) {
    const path = programOnPath(name, env['PATH']);
    if (path !== null) return path;
  }
  return APPLICATIONS.find((path) => existsSync(path)) ?? null;
}
