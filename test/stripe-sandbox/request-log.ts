/** A request that reached the API, as it was sent, with what was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** with the query */
  readonly path: string;
  /** form-encoded */
  readonly body: string;
  readonly idempotencyKey: string | null;
  /** null: the connection was broken */
  readonly status: number | null;
}

const MOST = 5_000;

/** The last requests, and how many there were of each kind. */
export class RequestLog {
  /** by `METHOD /path/:id` */
  readonly counts = new Map<string, number>();
  private requests: LoggedRequest[] = [];

  count(endpoint: string): void {
    this.counts.set(endpoint, (this.counts.get(endpoint) ?? 0) + 1);
  }

  add(request: LoggedRequest): void {
    this.requests.push(request);
    if (this.requests.length > 2 * MOST) this.requests = this.requests.slice(-MOST);
  }

  get last(): readonly LoggedRequest[] {
    return this.requests.slice(-MOST);
  }
}
