import { join } from 'node:path';

import type { Page } from 'playwright-core';

import { PASSWORD, runApi } from '#apps/backoffice/testing/running-api.js';
import { programFolder } from '#apps/cli/servers/folders.js';

import type { TestDatabase } from '../setup/database.js';
import { ConsoleVisitor } from './console-visitor.js';

export interface ConsoleStage {
  readonly visitor: ConsoleVisitor;
  /** Somebody of staff, signed in. */
  readonly page: Page;
  /** Leaves the browser, then stops the API; the database stays. */
  close(): Promise<void>;
}

/** The API with the built console on a database, and somebody of staff before it in a window of this width. */
export async function stageConsole(database: TestDatabase, width: number): Promise<ConsoleStage> {
  const api = await runApi(database, join(programFolder(), 'dist', 'console'));
  await api.user('staff');
  const visitor = await ConsoleVisitor.come(api.url).catch(async (error: unknown) => {
    await api.stop();
    throw error;
  });
  const close = async (): Promise<void> => {
    await visitor.leave();
    await api.stop();
  };
  const page = await visitor.page(width, 900);
  await visitor.signIn(page, { email: 'user-1@example.pt', password: PASSWORD });
  return { visitor, page, close };
}
