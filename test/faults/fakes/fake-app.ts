import { createServer } from 'node:http';

/** Stands for one of our programs: answers /readyz on the port in this variable, ends by SIGTERM. */
export function serve(portVariable: string): void {
  const server = createServer((_request, response) => response.end('ok'));
  server.listen(Number(process.env[portVariable]), '127.0.0.1');
  process.on('SIGTERM', () => process.exit(0));
}
