import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the checkout (or of the installed program), whether this runs from the sources or from dist. */
export function programFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  for (;;) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as { name?: string }).name === 'chazemo') {
      return folder;
    }
    const parent = dirname(folder);
    if (parent === folder) throw new Error('the folder of chazemo (its package.json) was not found');
    folder = parent;
  }
}

/** Where servers that were downloaded or built once are kept, outside every checkout. */
export function cacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(homedir(), '.cache') : base, 'chazemo');
}

/** The folder of everything the system keeps: CHAZEMO_DATA_DIR, by default .chazemo in the checkout. */
export function dataFolder(env: NodeJS.ProcessEnv = process.env): string {
  return resolve(programFolder(), env['CHAZEMO_DATA_DIR'] ?? '.chazemo');
}
