import { createServer } from 'node:net';

import { describe, expect, it } from '@jest/globals';

import { freePort, isPortFree } from './ports.js';

describe('freePort', () => {
  it('gives no port twice, though nobody listens yet on those it gave', async () => {
    const ports: number[] = [];
    for (let n = 0; n < 200; n += 1) ports.push(await freePort());
    expect(new Set(ports).size).toBe(200);
  });

  it('passes over a port somebody listens on', async () => {
    const taken = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => taken.listen(port, '127.0.0.1', resolve));
    expect(await isPortFree(port)).toBe(false);
    for (let n = 0; n < 6000; n += 1) if ((await freePort()) === port) throw new Error(`port ${port} was given twice`);
    await new Promise((resolve) => taken.close(resolve));
  });
});
