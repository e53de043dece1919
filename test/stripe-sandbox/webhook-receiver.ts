import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import Stripe from 'stripe';

export const SECRET = 'whsec_sandbox_test';

/** A webhook receiver for tests that checks every signature with Stripe's own code; a wrong one is answered 400. */
export class WebhookReceiver {
  readonly events: Stripe.Event[] = [];
  readonly signatureErrors: string[] = [];
  status = 200;
  private server: Server | undefined;
  port = 0;

  async listen(port = 0): Promise<void> {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => response.writeHead(this.accept(body, request.headers['stripe-signature'])).end());
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    this.server = server;
    this.port = (server.address() as AddressInfo).port;
  }

  private accept(body: string, signed: string | string[] | undefined): number {
    try {
      const event = Stripe.webhooks.constructEvent(body, String(signed), SECRET);
      if (this.status === 200) this.events.push(event);
      return this.status;
    } catch (error) {
      this.signatureErrors.push(String(error));
      return 400;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}/webhooks/stripe`;
  }

  async close(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }

  types(): string[] {
    return this.events.map((event) => event.type);
  }
}
