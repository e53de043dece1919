import WebSocket from 'ws';

export interface FrameSocketOptions {
  /** `ws://host:port`. */
  readonly url: string;
  readonly protocol: string;
  readonly chargerId: string;
  readonly password: string;
}

interface Waiting {
  resolve(answer: unknown[]): void;
  reject(error: Error): void;
}

/** A charger's socket that sends frames to the letter, as they were recorded, one at a time, and waits for the answer of each. */
export class FrameSocket {
  private waiting: Waiting | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data) => this.receive(data));
    socket.on('close', () => this.waiting?.reject(new Error('the socket closed before the answer came')));
  }

  static async open({ url, protocol, chargerId, password }: FrameSocketOptions): Promise<FrameSocket> {
    const authorization = `Basic ${Buffer.from(`${chargerId}:${password}`).toString('base64')}`;
    const socket = new WebSocket(`${url}/ocpp/${chargerId}`, [protocol], { headers: { authorization } });
    await new Promise<void>((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    return new FrameSocket(socket);
  }

  /** Calls of the central system meanwhile are left unanswered, as by a charger that knows none. */
  call(frame: string): Promise<unknown[]> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.socket.send(frame);
    });
  }

  close(): void {
    this.socket.terminate();
  }

  private receive(data: WebSocket.RawData): void {
    const answer = JSON.parse((data as Buffer).toString('utf8')) as unknown[];
    if (answer[0] === 2) return;
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(answer);
  }
}
