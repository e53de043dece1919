import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { errorAnswer, type Answer } from './answer.js';
import { ApiError } from './api-error.js';
import { ApiFaults, type ApiFaultMode } from './api-faults.js';
import { followIntent } from './checkout-payment.js';
import { control, countersOf, type Counters } from './control.js';
import { expanded } from './expand.js';
import { decodeForm } from './form.js';
import { fingerprint, keptAnswer } from './idempotency.js';
import type { ControlDeps } from './order.js';
import { answerPage } from './pages.js';
import { Params } from './params.js';
import { performDue } from './play-due.js';
import { RateLimit } from './rate-limit.js';
import { RequestLog } from './request-log.js';
import { matchRoute, type Match } from './routes.js';
import { newId, Store } from './store.js';
import type { WebhookFaults } from './webhook-rules.js';
import { WebhookSender } from './webhooks.js';
import { NO_REQUEST, World } from './world.js';

export interface SandboxOptions {
  /** 0 or nothing: a free one */
  readonly port?: number;
  readonly host?: string;
  readonly webhook?: { readonly url: string; readonly secret: string };
  readonly processingMs?: number;
  readonly dataFile?: string;
  readonly rateLimitPerSecond?: number;
  /** of all debits in seven days; 0 or nothing: no limit */
  readonly weeklyLimitCents?: number;
}

export interface RunningSandbox {
  readonly url: string;
  readonly port: number;
  /** The webhook switch-board, for tests in the same process. */
  readonly webhookFaults: WebhookFaults;
  counters(): Counters;
  advanceClock(ms: number): void;
  /** One order to `/_sandbox/...`, as over HTTP; see sandbox-control.ts for all of them with their types. */
  order(path: string, body: Record<string, unknown>): unknown;
  close(): Promise<void>;
}

const DEFAULT_PROCESSING_MS = 400;
const LARGEST_BODY = 1_000_000;
/** setTimeout cannot wait longer than 2^31 - 1 ms. */
const LONGEST_TIMER_MS = 2_147_483_647;

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
  readonly log = new RequestLog();
  readonly rateLimit: RateLimit;
  private timer: NodeJS.Timeout | undefined;

  constructor(options: SandboxOptions) {
    const store = new Store(options.dataFile);
    this.world = new World(store, options.processingMs ?? DEFAULT_PROCESSING_MS);
    this.world.limits.weeklyCents = options.weeklyLimitCents ?? 0;
    this.webhooks = new WebhookSender(store, this.world, options.webhook);
    this.rateLimit = new RateLimit(options.rateLimitPerSecond ?? 0);
    this.world.onEvent((event) => this.webhooks.enqueue(event));
    this.world.onEvent((event) => followIntent(this.world, event));
  }

  get controlDeps(): ControlDeps {
    return { ...this, wake: this.wake };
  }

  /** Plays what is due, and wakes up when the next is. */
  readonly wake = (): void => {
    clearTimeout(this.timer);
    this.world.request = NO_REQUEST;
    const next = this.world.play((due) => performDue(this.world, due));
    this.webhooks.wake();
    if (next === null || this.world.frozen) return;
    const waitMs = Math.min(LONGEST_TIMER_MS, Math.max(1, next - this.world.nowMs()));
    this.timer = setTimeout(this.wake, waitMs);
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
        return { status: 200, body: JSON.stringify(await this.order(method, url.pathname, order)) };
      }
      if (url.pathname.startsWith('/c/')) return this.page(method, url.pathname, body, request);
      return this.answerApi(method, url, body, request);
    } catch (error) {
      return errorAnswer(error);
    }
  }

  order(method: string, path: string, body: Record<string, unknown>): unknown {
    return control(this.controlDeps, method, path, body);
  }

  private page(method: string, path: string, body: string, { headers, socket }: IncomingMessage): Answer {
    const answer = answerPage(this.world, {
      method,
      path,
      body,
      acceptLanguage: headers['accept-language'],
      ipAddress: socket.remoteAddress ?? '127.0.0.1',
      userAgent: headers['user-agent'] ?? 'unknown',
    });
    this.wake();
    return answer;
  }

  private answerApi(method: string, url: URL, body: string, request: IncomingMessage): Answer {
    const key = request.headers['idempotency-key'];
    const idempotencyKey = typeof key === 'string' ? key : null;
    const answer = this.tryApi(method, url, body, request.headers.authorization, idempotencyKey);
    const path = `${url.pathname}${url.search}`;
    this.log.add({ method, path, body, idempotencyKey, status: answer.lost === true ? null : answer.status });
    return answer;
  }

  private tryApi(method: string, url: URL, body: string, authorization = '', key: string | null = null): Answer {
    try {
      if (!/^(Bearer|Basic) \S+/.test(authorization)) {
        throw new ApiError(401, { type: 'invalid_request_error', message: 'You did not provide an API key.' });
      }
      const match = matchRoute(method, url.pathname);
      if (match === null) {
        throw new ApiError(404, {
          type: 'invalid_request_error',
          message: `Unrecognized request URL (${method}: ${url.pathname}).`,
        });
      }
      return this.answerRoute(match, method, url, body, key);
    } catch (error) {
      return errorAnswer(error);
    }
  }

  private answerRoute(match: Match, method: string, url: URL, body: string, key: string | null): Answer {
    const endpoint = `${method} ${match.route.path}`;
    this.log.count(endpoint);
    const fault = this.faults.take(method, url.pathname);
    if (fault === 'error-429' || !this.rateLimit.admits(endpoint, Date.now())) {
      throw new ApiError(429, {
        type: 'invalid_request_error',
        code: 'rate_limit',
        message: 'Request rate limit exceeded.',
      });
    }
    if (fault === 'lose-request') return { status: 0, body: '', lost: true };
    const answer =
      method !== 'POST' || key === null
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

  /** Parameter errors throw: Stripe keeps no answer for what never began. A declined card is an answer. */
  private execute(match: Match, method: string, url: URL, body: string, fault: ApiFaultMode | null): Answer {
    if (fault === 'error-500') return errorAnswer(new Error('An unknown error occurred.'));
    const params = new Params(decodeForm(method === 'GET' ? url.search.slice(1) : body));
    let answer: Answer;
    try {
      const result = expanded(this.world, match.route.handle(this.world, params, match.id), params.expand);
      answer = { status: 200, body: JSON.stringify(result) };
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 402) throw error;
      answer = errorAnswer(error);
    }
    this.wake();
    return fault === 'error-500-after' ? errorAnswer(new Error('An unknown error occurred.')) : answer;
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
    ...answer.headers,
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
  const url = `http://${host}:${port}`;
  sandbox.world.baseUrl = url;
  sandbox.wake();
  return {
    url,
    port,
    webhookFaults: sandbox.webhooks.rules.faults,
    counters: () => countersOf(sandbox.controlDeps),
    advanceClock: (ms) => void sandbox.order('POST', '/_sandbox/clock', { advanceMs: ms }),
    order: (path, body) => sandbox.order('POST', `/_sandbox/${path}`, body),
    close: async () => {
      sandbox.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
