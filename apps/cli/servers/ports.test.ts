import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { freePort, isPortFree, keptPort } from './ports.js';

describe('ports', () => {
  it('gives no port twice, though nobody listens yet on those it gave', async () => {
    const ports: number[] = [];
    for (let n = 0; n < 200; n += 1) ports.push(await freePort());
    expect(new Set(ports).size).toBe(200);
  });

  it('a port that was kept and that somebody listens on gives way to another, which is kept', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'chazemo-ports-test-'));
    const file = join(folder, 'http.port');
    const port = await keptPort(file);
    expect(await keptPort(file)).toBe(port);
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    expect(await isPortFree(port)).toBe(false);
    const other = await keptPort(file);
    expect(other).not.toBe(port);
    await new Promise((resolve) => taken.close(resolve));
    expect(await keptPort(file)).toBe(other);
    await rm(folder, { recursive: true });
  });
});
