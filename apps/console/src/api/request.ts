import { ApiError } from './problem.js';

const ROOT = '/api/v1';

/** A key per intended write, so that a repeated request is the same write. Works outside secure contexts too. */
function idempotencyKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function answerOf(response: Response): Promise<unknown> {
  if (response.status === 204) return null;
  const text = await response.text();
  try {
    return text === '' ? null : (JSON.parse(text) as unknown);
  } catch {
    return text;
  }
}

async function send(path: string, init: RequestInit): Promise<unknown> {
  let response: Response;
  try {
    response = await fetch(ROOT + path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw ApiError.unreachable();
  }
  const body = await answerOf(response);
  if (!response.ok) throw ApiError.fromAnswer(response.status, body);
  return body;
}

/** Reads; throws {@link ApiError}. The type is the back office's own (apps/backoffice/api-types.ts). */
export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send(path, { headers: { accept: 'application/json' }, ...(signal && { signal }) })) as T;
}

/** Writes; throws {@link ApiError}. */
export async function write<T>(method: 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'idempotency-key': idempotencyKey(),
  };
  return (await send(path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) })) as T;
}

/** Query string of what is set: `?a=1&b=2`, or nothing. */
export function query(values: Readonly<Record<string, string | number | null | undefined>>): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== '') search.set(name, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}

export const fileUrl = (fileId: string): string => `${ROOT}/files/${encodeURIComponent(fileId)}`;
