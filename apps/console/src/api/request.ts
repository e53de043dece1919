import type { Language } from '../format/numbers.js';
import { newIntentKey } from './intent.js';
import { ApiError } from './problem.js';

const ROOT = '/api/v1';

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

/** Writes; throws {@link ApiError}. `key`: of the intent (intent.ts) where the same write may be sent again. */
export async function write<T>(
  method: 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
  key: string = newIntentKey(),
): Promise<T> {
  const headers = { accept: 'application/json', 'content-type': 'application/json', 'idempotency-key': key };
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

/** All frames of a filter as a file. */
export const frameLogUrl = (
  chargerId: string,
  values: Readonly<Record<string, string | null>>,
  format: 'ndjson' | 'ocpp-j',
): string => `${ROOT}/chargers/${encodeURIComponent(chargerId)}/frames/log${query({ ...values, format })}`;

export const fileUrl = (fileId: string): string => `${ROOT}/files/${encodeURIComponent(fileId)}`;

/** From the first day on, before the last; from the books, as CSV. */
export const condominiumStatementUrl = (
  condominiumId: string,
  span: { readonly from: string; readonly to: string },
  lang: Language,
): string =>
  `${ROOT}/condominiums/${encodeURIComponent(condominiumId)}/statement${query({ ...span, lang, format: 'csv' })}`;

export const debtsCsvUrl = (condominiumId: string): string =>
  `${ROOT}/arrears/debts/${encodeURIComponent(condominiumId)}`;

export const archiveUrl = (cycleId: string): string => `${ROOT}/months/${encodeURIComponent(cycleId)}/archive`;

/** The tax authority's file of an issuer's month (yyyy-mm). */
export const saftUrl = (issuerId: string, month: string): string =>
  `${ROOT}/issuers/${encodeURIComponent(issuerId)}/saft${query({ month })}`;

/** An empty list to fill in: `price-plan` as `xlsx` or `csv`. */
export const templateUrl = (name: string, kind: 'xlsx' | 'csv'): string => `${ROOT}/templates/${name}.${kind}`;

/** The bank's file of refunds that are under way. */
export const refundFileUrl = (messageId: string): string => `${ROOT}/refunds/file/${encodeURIComponent(messageId)}`;

/** A customer's statement of some days, half-open, as CSV. */
export const statementUrl = (customerId: string, span: { from: string; to: string }, lang: Language): string =>
  `${ROOT}/customers/${encodeURIComponent(customerId)}/statement${query({ ...span, lang, format: 'csv' })}`;
