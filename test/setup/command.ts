import { afterAll, afterEach, beforeAll, beforeEach, jest } from '@jest/globals';

import { createTestDatabase, type TestDatabase } from './database.js';

/** What a command said since the test began, or since it was forgotten. */
export interface Said {
  readonly out: string;
  readonly err: string;
  /** Both, in order. */
  readonly all: string;
  forget(): void;
}

/** Keeps what commands say while they run in the test's own process, and takes their exit status back after each test. */
export function listenToCommands(): Said {
  let said: { readonly to: 'out' | 'err'; readonly text: string }[] = [];
  const keep = (to: 'out' | 'err') => (text: unknown) => {
    said.push({ to, text: String(text) });
    return true;
  };
  const told = (...to: ('out' | 'err')[]) =>
    said
      .filter((part) => to.includes(part.to))
      .map((part) => part.text)
      .join('');
  beforeEach(() => {
    said = [];
    jest.spyOn(process.stdout, 'write').mockImplementation(keep('out'));
    jest.spyOn(process.stderr, 'write').mockImplementation(keep('err'));
  });
  afterEach(() => {
    jest.restoreAllMocks();
    process.exitCode = undefined;
  });
  return {
    get out() {
      return told('out');
    },
    get err() {
      return told('err');
    },
    get all() {
      return told('out', 'err');
    },
    forget() {
      said = [];
    },
  };
}

/** A database of its own as the one that commands find, while the file's tests run. */
export function configureDatabase(): void {
  const configured = process.env['DATABASE_URL'];
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase();
    process.env['DATABASE_URL'] = database.url;
  });
  afterAll(async () => {
    if (configured === undefined) delete process.env['DATABASE_URL'];
    else process.env['DATABASE_URL'] = configured;
    await database.drop();
  });
}
