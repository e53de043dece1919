import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP way to a server that a test can cut, silence and mend: the server seems to die, to hang and to come back. */
export class CuttableProxy {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private isSilent = false;
  port = 0;

  constructor(private readonly target: { readonly host: string; readonly port: number }) {}

  /** Listens, on the same port as before if it did. */
  async mend(): Promise<void> {
    this.isSilent = false;
    if (this.server?.listening === true) return;
    const server = createServer((near) => {
      const far = connect(this.target);
      for (const socket of [near, far]) {
        this.sockets.add(socket);
        socket.on('error', () => undefined);
        socket.on('close', () => this.sockets.delete(socket));
      }
      near.on('close', () => far.destroy());
      far.on('close', () => near.destroy());
      if (this.isSilent) return;
      near.pipe(far);
      far.pipe(near);
    });
    await new Promise<void>((resolve) => server.listen(this.port, '127.0.0.1', resolve));
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.port = address.port;
    this.server = server;
  }

  /** Nothing goes through any more, though every connection stands and new ones are taken; what is under way is lost. */
  silence(): void {
    this.isSilent = true;
    for (const socket of this.sockets) socket.unpipe();
  }

  /** Breaks every connection and refuses new ones. */
  async cut(): Promise<void> {
    const closed = new Promise((resolve) => this.server?.close(resolve));
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }
}
