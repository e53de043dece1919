import type { Socket } from 'node:net';

import type { Client, ClientBase, Pool } from 'pg';

/**
 * Ends a connection whose server says nothing for so long after it was asked: a machine that died without a word, or a
 * wall that drops packets, is otherwise waited for until TCP gives up, a quarter of an hour later. What was asked is
 * rejected as `Connection terminated`; an idle connection stays.
 */
export function endWhenSilent(client: ClientBase, silenceMs: number): void {
  const socket = socketOf(client);
  let answered = socket.bytesWritten;
  socket.on('data', () => {
    answered = socket.bytesWritten;
  });
  socket.on('timeout', () => {
    if (socket.bytesWritten > answered) socket.destroy();
  });
  socket.setTimeout(silenceMs);
}

/** {@link endWhenSilent} for each connection of the pool. */
export function endSilentConnections(pool: Pool, silenceMs: number): void {
  pool.on('connect', (client) => endWhenSilent(client, silenceMs));
}

/** Takes leave of the server, and does not wait longer than this for its answer. */
export async function endWithin(client: Client, limitMs: number): Promise<void> {
  const timer = setTimeout(() => socketOf(client).destroy(), limitMs);
  await client.end().catch(() => undefined);
  clearTimeout(timer);
}

/** pg's own name for it, with TLS where the server wants it; not in its types. */
function socketOf(client: ClientBase): Socket {
  return (client as unknown as { readonly connection: { readonly stream: Socket } }).connection.stream;
}
