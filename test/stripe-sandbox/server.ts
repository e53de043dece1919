import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { ApiError } from './api-error.js';
import { ApiFaults, type ApiFaultMode } from './api-faults.js';
import { control, countersOf, type Counters } from './control.js';
import { decodeForm } from './form.js';
import { fingerprint, keptAnswer } from './idempotency.js';
import { Params } from './params.js';
import { RateLimit } from './rate-limit.js';
import { matchRoute, type Match } from './routes.js';
import { settleDue } from './settlements.js';
import { newId, Store } from './store.js';
import { WebhookSender, type WebhookFaults } from './webhooks.js';
import { World } from './world.js';

export interface SandboxOptions {
  /** 0 or nothing: a free one */
  readonly port?: number;
  readonly host?: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  readonly processingMs?: number;
  readonly dataFile?: string;
  readonly rateLimitPerSecond?: number;
}

export interface RunningSandbox {
  readonly url: string;
  readonly port: number;
  /** The webhook switch-board, for tests in the same process. */
  readonly webhookFaults: WebhookFaults;
  counters(): Counters;
  advanceClock(ms: number): void;
  /** One order to `/_sandbox/...`, as over HTTP. */
  order(path: string, body: Record<string, unknown>): unknown;
  close(): Promise<void>;
}

const DEFAULT_PROCESSING_MS = 400;
const LARGEST_BODY = 1_000_000;
/** setTimeout cannot wait longer than 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly replayed?: boolean;
  /** Break the connection instead of answering. */
  readonly lost?: boolean;
}

function errorAnswer(error: unknown): Answer {
  if (error instanceof ApiError) return { status: error.status, body: JSON.stringify({ error: error.body }) };
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, body: JSON.stringify({ error: { type: 'api_error', message } }) };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  request.setEncoding('utf8');
  for await (const chunk of request) {
    body += String(chunk);
    if (body.length > LARGEST_BODY) throw ApiError.invalid('The body is too large.');
  }
  return body;
}

class Sandbox {
  readonly world: World;
  readonly webhooks: WebhookSender;
  readonly faults = new ApiFaults();
  readonly requests = new Map<string, number>();
  private readonly limit: RateLimit;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: SandboxOptions) {
    const store = new Store(options.dataFile);
    this.world = new World(store, options.processingMs ?? DEFAULT_PROCESSING_MS);
    this.webhooks = new WebhookSender(store, options.webhook);
    this.limit = new RateLimit(options.rateLimitPerSecond ?? 0);
    this.world.onEvent((event) => this.webhooks.enqueue(event.id));
    this.settle();
  }

  readonly settle = (): void => {
    clearTimeout(this.timer);
    this.world.request = { id: null, idempotency_key: null };
    const next = settleDue(this.world);
    if (next === null) return;
    const waitMs = Math.min(LONGEST_TIMER_MS, Math.max(1, next - this.world.nowMs()));
    this.timer = setTimeout(this.settle, waitMs);
  };

  close(): void {
    clearTimeout(this.timer);
    this.webhooks.close();
  }

  async answer(request: IncomingMessage): Promise<Answer> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', 'http://sandbox');
    try {
      const body = await bodyOf(request);
      if (url.pathname.startsWith('/_sandbox/')) {
        const order = body === '' ? {} : (JSON.parse(body) as Record<string, unknown>);
        return { status: 200, body: JSON.stringify(this.order(method, url.pathname, order)) };
      }
      return this.answerApi(method, url, body, request);
    } catch (error) {
      return errorAnswer(error);
    }
  }

  order(method: string, path: string, body: Record<string, unknown>): unknown {
    const { world, webhooks, faults, requests } = this;
    return control({ world, webhooks, faults, requests, wake: this.settle }, method, path, body);
  }

  private answerApi(method: string, url: URL, body: string, request: IncomingMessage): Answer {
    if (!/^(Bearer|Basic) \S+/.test(request.headers.authorization ?? '')) {
      throw new ApiError(401, { type: 'invalid_request_error', message: 'You did not provide an API key.' });
    }
    const match = matchRoute(method, url.pathname);
    if (match === null) {
      throw new ApiError(404, {
        type: 'invalid_request_error',
        message: `Unrecognized request URL (${method}: ${url.pathname}).`,
      });
    }
    const endpoint = `${method} ${match.route.path}`;
    this.requests.set(endpoint, (this.requests.get(endpoint) ?? 0) + 1);
    const fault = this.faults.take(method, url.pathname);
    if (fault === 'error-429' || !this.limit.admits(endpoint, Date.now())) {
      throw new ApiError(429, {
        type: 'invalid_request_error',
        code: 'rate_limit',
        message: 'Request rate limit exceeded.',
      });
    }
    const key = request.headers['idempotency-key'];
    const answer =
      method !== 'POST' || typeof key !== 'string'
        ? this.execute(match, method, url, body, fault)
        : this.once(key, match, method, url, body, fault);
    return fault === 'lose-answer' ? { ...answer, lost: true } : answer;
  }

  /** Runs a keyed request at most once in 24 hours; what comes after gets the first answer, a 500 included. */
  private once(key: string, match: Match, method: string, url: URL, body: string, fault: ApiFaultMode | null): Answer {
    const print = fingerprint(method, url.pathname, body);
    const kept = keptAnswer(this.world, key, print);
    if (kept !== null) return { status: kept.status, body: kept.body, replayed: true };
    this.world.request = { id: newId('req'), idempotency_key: key };
    const answer = this.execute(match, method, url, body, fault);
    const { status } = answer;
    this.world.store.put('answer', key, { fingerprint: print, status, body: answer.body, atMs: this.world.nowMs() });
    return answer;
  }

  /** Parameter errors throw: Stripe keeps no answer for what never began. */
  private execute(match: Match, method: string, url: URL, body: string, fault: ApiFaultMode | null): Answer {
    if (fault === 'error-500') return errorAnswer(new Error('An unknown error occurred.'));
    const params = new Params(decodeForm(method === 'GET' ? url.search.slice(1) : body));
    const result = match.route.handle(this.world, params, match.id);
    this.settle();
    return { status: 200, body: JSON.stringify(result) };
  }
}

function write(response: ServerResponse, answer: Answer): void {
  if (answer.lost === true) {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, {
    'content-type': 'application/json',
    'request-id': newId('req'),
    ...(answer.replayed === true ? { 'idempotent-replayed': 'true' } : {}),
  });
  response.end(answer.body);
}

/** Starts the sandbox; rejects when the port is taken. */
export async function startSandbox(options: SandboxOptions = {}): Promise<RunningSandbox> {
  const sandbox = new Sandbox(options);
  const server = createServer((request, response) => {
    void sandbox.answer(request).then((answer) => write(response, answer));
  });
  const host = options.host ?? '127.0.0.1';
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${host}:${port}`,
    port,
    webhookFaults: sandbox.webhooks.faults,
    counters: () => countersOf({ ...sandbox, wake: sandbox.settle }),
    advanceClock: (ms) => void sandbox.order('POST', '/_sandbox/clock', { advanceMs: ms }),
    order: (path, body) => sandbox.order('POST', `/_sandbox/${path}`, body),
    close: async () => {
      sandbox.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
