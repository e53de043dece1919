import { createServer, type Server } from 'node:http';

import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';

export interface ProbeOptions {
  readonly host: string;
  readonly port: number;
  /** True while work is taken. */
  readonly isReady: () => boolean;
}

/** Answers /healthz (the process answers), /readyz (work is taken) and /metrics. */
export async function openProbes({ host, port, isReady }: ProbeOptions): Promise<{ close(): Promise<void> }> {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const running: Gauge = new Gauge({
    name: 'chazemo_worker_running',
    help: '1 while both Temporal workers poll',
    registers: [registry],
    collect: (): void => running.set(isReady() ? 1 : 0),
  });
  const server = createServer((request, response) => {
    switch (request.url) {
      case '/healthz':
        return response.end('{"status":"ok"}');
      case '/readyz':
        return response.writeHead(isReady() ? 200 : 503).end(`{"status":"${isReady() ? 'ready' : 'not ready'}"}`);
      case '/metrics':
        return void registry
          .metrics()
          .then((text) => response.setHeader('content-type', registry.contentType).end(text));
      default:
        return response.writeHead(404).end();
    }
  });
  await listen(server, host, port);
  return {
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
}
