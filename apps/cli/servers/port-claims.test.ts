import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, expect, it } from '@jest/globals';

import { identityOf } from '../processes/process-identity.js';
import { claimPort } from './port-claims.js';

/** No port that is given away. */
const PORT = 70_000 + (process.pid % 1_000);
const FILE = join(tmpdir(), 'chazemo-ports', String(PORT));

afterAll(() => rmSync(FILE, { force: true }));

it('a port is given away once, whatever process looks, until the one that has it is gone', () => {
  expect(claimPort(PORT)).toBe(true);
  expect(claimPort(PORT)).toBe(false);
  writeFileSync(FILE, JSON.stringify(identityOf(process.ppid)));
  expect(claimPort(PORT)).toBe(false);
  writeFileSync(FILE, JSON.stringify({ ...identityOf(process.ppid), startedAs: 'another time' }));
  expect(claimPort(PORT)).toBe(true);
});
