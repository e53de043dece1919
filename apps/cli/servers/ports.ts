import { randomInt } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { dirname } from 'node:path';

import { claimPort } from './port-claims.js';

/** Whether nobody listens on this port of this host. */
export function isPortFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/**
 * Below the range from which systems take ports for outgoing connections and for whoever listens on port 0: none of
 * those takes ours before we listen. Linux begins it at 32768, gVisor at 16000.
 */
const FIRST_PORT = 10_000;
const LAST_PORT = 15_999;
/** A process looks in a stretch of its own first: two that start at the same time have different numbers. */
const STRETCH = 60;
const PORTS = LAST_PORT - FIRST_PORT + 1;

let looked = randomInt(STRETCH);

/** The next port of this process: each once, from a place by chance in its own stretch, then through all others. */
function nextPort(): number {
  const inStretch = looked % STRETCH;
  const stretch = process.pid + Math.floor(looked / STRETCH);
  looked += 1;
  return FIRST_PORT + ((stretch * STRETCH + inStretch) % PORTS);
}

/**
 * A port nobody listens on, and that no process of ours has given away: it may be some time before its listener comes up,
 * and a second look, here or in another process, must not find the same one.
 */
export async function freePort(host = '127.0.0.1'): Promise<number> {
  for (let tries = 0; tries < PORTS; tries += 1) {
    const port = nextPort();
    if (claimPort(port) && (await isPortFree(port, host))) return port;
  }
  throw new Error(`no free port of ${host} was found between ${FIRST_PORT} and ${LAST_PORT}`);
}

/** The port kept in a file from the last start, when it is still free; otherwise a new one, kept for the next. */
export async function keptPort(file: string, host = '127.0.0.1'): Promise<number> {
  if (existsSync(file)) {
    const kept = Number(readFileSync(file, 'utf8'));
    if (Number.isInteger(kept) && kept > 0 && (await isPortFree(kept, host))) return kept;
  }
  const port = await freePort(host);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${port}\n`);
  return port;
}

/** Whether somebody accepts connections there. */
export function answersOnPort(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host });
    const end = (answers: boolean) => {
      socket.destroy();
      resolve(answers);
    };
    socket.setTimeout(1000, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
