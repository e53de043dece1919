import { fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const COMPILE_CACHE = join(tmpdir(), 'chazemo-compile-cache');
/** Tests run from the sources, benches from what they were compiled to. */
const COMPILED = import.meta.url.includes('/dist/test/') ? '../..' : '../../dist';
const MAIN = fileURLToPath(new URL(`${COMPILED}/apps/gateway/main.js`, import.meta.url));

export interface ProcessUsage {
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  readonly heapBytes: number;
  /** Sockets, servers and whatever else of the system is open. */
  readonly handles: number;
  /** Chargers with an open socket. */
  readonly connected: number;
}

/** A gateway as a process of its own, from dist: one that can be measured, and killed. */
export interface GatewayProcess {
  /** `ws://host:port` */
  readonly url: string;
  /** What its own metrics say. */
  usage(): Promise<ProcessUsage>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  /** Lets it drain and close. */
  stop(): Promise<void>;
}

/** `until`: a word of its log that must have been said, besides that it listens. */
export interface GatewayProcessOptions {
  readonly databaseUrl: string;
  readonly port?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly until?: string;
}

export async function startGatewayProcess(options: GatewayProcessOptions): Promise<GatewayProcess> {
  const { databaseUrl, port = 0, env = {}, until = '' } = options;
  const own = {
    DATABASE_URL: databaseUrl,
    CHAZEMO_OCPP_PORT: String(port),
    CHAZEMO_HOST: '127.0.0.1',
    NODE_OPTIONS: '',
    NODE_COMPILE_CACHE: COMPILE_CACHE, // some are started a hundred times
  };
  const child = fork(MAIN, {
    env: { ...process.env, ...own, ...env },
    execArgv: ['--no-warnings'],
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  if (child.stdout === null) throw new Error('the gateway has no output');
  let said = '';
  let listensOn: number | undefined;
  for await (const line of createInterface(child.stdout)) {
    said += line;
    listensOn ??= portIn(line);
    if (listensOn !== undefined && said.includes(until)) break;
  }
  if (listensOn === undefined) throw new Error(`the gateway did not start: ${said.slice(-2_000)}`);
  child.stdout.resume();
  const url = `ws://127.0.0.1:${listensOn}`;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill(signal);
    await gone;
  };
  return { url, usage: () => usageOf(url), kill: () => end('SIGKILL'), stop: () => end('SIGTERM') };
}

function portIn(line: string): number | undefined {
  const { port } = JSON.parse(line) as { port?: unknown };
  return typeof port === 'number' ? port : undefined;
}

async function usageOf(url: string): Promise<ProcessUsage> {
  const text = await (await fetch(`${url.replace(/^ws/, 'http')}/metrics`)).text();
  const value = (name: string): number => Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1] ?? Number.NaN);
  return {
    cpuSeconds: value('process_cpu_seconds_total'),
    residentBytes: value('process_resident_memory_bytes'),
    heapBytes: value('nodejs_heap_size_used_bytes'),
    handles: value('nodejs_active_handles_total'),
    connected: value('chazemo_gateway_connected_chargers'),
  };
}
