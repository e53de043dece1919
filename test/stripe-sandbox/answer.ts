import { ApiError } from './api-error.js';

export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly replayed?: boolean;
  /** Break the connection instead of answering. */
  readonly lost?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export function errorAnswer(error: unknown): Answer {
  if (error instanceof ApiError) return { status: error.status, body: JSON.stringify({ error: error.body }) };
  const message = error instanceof Error ? error.message : String(error);
  return { status: 500, body: JSON.stringify({ error: { type: 'api_error', message } }) };
}
