import { dataFolder } from '../servers/folders.js';
import { keptSecrets } from './data-folder.js';

/** CHAZEMO_SECRET, else what the system keeps in its data folder. */
export function ownSecret(env: NodeJS.ProcessEnv = process.env): string {
  const given = env['CHAZEMO_SECRET'];
  return given === undefined || given === '' ? keptSecrets(dataFolder(env)).chazemoSecret : given;
}
