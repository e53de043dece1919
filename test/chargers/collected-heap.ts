import { once } from 'node:events';

import WebSocket from 'ws';

/**
 * What a Node process with its inspector on the port holds when all garbage is collected: bytes of its heap and beside it.
 * A figure of its own metrics says as much about the collector as about the process.
 */
export async function collectedHeapBytes(inspectorPort: number): Promise<number> {
  const targets = await (await fetch(`http://127.0.0.1:${inspectorPort}/json/list`)).json();
  const [{ webSocketDebuggerUrl }] = targets as [{ webSocketDebuggerUrl: string }];
  const socket = new WebSocket(webSocketDebuggerUrl);
  await once(socket, 'open');
  const ask = async (method: string, params: object = {}): Promise<unknown> => {
    socket.send(JSON.stringify({ id: 1, method, params }));
    const [data] = (await once(socket, 'message')) as [Buffer];
    return JSON.parse(data.toString());
  };
  await ask('HeapProfiler.collectGarbage');
  const expression = 'process.memoryUsage().heapUsed + process.memoryUsage().external';
  const answer = await ask('Runtime.evaluate', { expression, returnByValue: true });
  socket.close();
  return (answer as { result: { result: { value: number } } }).result.result.value;
}
