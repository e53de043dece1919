import { ApiError } from '../api/problem.js';
import type { TextKey, Translate } from '../texts/translate.js';
import { textOf } from '../texts/translate.js';

function byStatus(status: number): TextKey {
  if (status === 0) return 'error.unreachable';
  if (status === 403) return 'error.forbidden';
  if (status === 404) return 'error.not-found';
  if (status === 409) return 'error.conflict';
  if (status === 429) return 'error.too-many';
  return status >= 500 ? 'error.server' : 'error.invalid';
}

/** A refusal in plain words: our own text for its code or status, and what the server adds to it. */
export function errorWords(t: Translate, error: unknown): { readonly text: string; readonly detail: string | null } {
  if (!(error instanceof ApiError)) return { text: t('error.server'), detail: null };
  const text = textOf(t, 'problem', error.code) ?? t(byStatus(error.status));
  return { text, detail: error.detail === '' || error.status >= 500 ? null : error.detail };
}
