/** What the API answered when it refused: an RFC 9457 problem document. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly problem: { readonly title?: string; readonly detail?: string; readonly type?: string },
    request: string,
  ) {
    super(`${request} answered ${status}: ${problem.title ?? ''} ${problem.detail ?? ''}`.trim());
  }
}

/** A person at the API, as the console is: signed in by cookie. */
export class ApiClient {
  private cookie = '';

  constructor(readonly baseUrl: string) {}

  async signIn(email: string, password: string): Promise<void> {
    const response = await fetch(`${this.baseUrl}/api/v1/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: this.baseUrl },
      body: JSON.stringify({ email, password }),
    });
    if (!response.ok) throw new ApiProblem(response.status, await problemOf(response), 'POST /session');
    this.cookie = (response.headers.get('set-cookie') ?? '').split(';')[0] ?? '';
  }

  async get<T>(path: string): Promise<T> {
    return this.request<T>('GET', path);
  }

  async post<T>(path: string, body: Record<string, unknown> = {}, idempotencyKey?: string): Promise<T> {
    return this.request<T>('POST', path, body, idempotencyKey);
  }

  async download(path: string): Promise<Uint8Array> {
    const response = await fetch(`${this.baseUrl}/api/v1${path}`, { headers: { cookie: this.cookie } });
    if (!response.ok) throw new ApiProblem(response.status, await problemOf(response), `GET ${path}`);
    return new Uint8Array(await response.arrayBuffer());
  }

  private async request<T>(method: string, path: string, body?: unknown, idempotencyKey?: string): Promise<T> {
    const response = await fetch(`${this.baseUrl}/api/v1${path}`, {
      method,
      headers: {
        cookie: this.cookie,
        origin: this.baseUrl,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new ApiProblem(response.status, await problemOf(response), `${method} ${path}`);
    return (await response.json()) as T;
  }
}

async function problemOf(response: Response): Promise<{ title?: string; detail?: string; type?: string }> {
  try {
    return (await response.json()) as { title?: string };
  } catch {
    return { title: response.statusText };
  }
}
