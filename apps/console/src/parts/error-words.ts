import { ApiError } from '../api/problem.js';
import type { TextKey } from '../texts/translate.js';
import { textOf } from '../texts/translate.js';
import type { Words } from '../texts/words.js';
import { refusalText } from '../wording/refusal.js';

function byStatus(status: number): TextKey {
  if (status === 0) return 'error.unreachable';
  if (status === 403) return 'error.forbidden';
  if (status === 404) return 'error.not-found';
  if (status === 409) return 'error.conflict';
  if (status === 429) return 'error.too-many';
  return status >= 500 ? 'error.server' : 'error.invalid';
}

export interface ErrorWords {
  readonly text: string;
  /** What the server adds, in English and for those who read English; null when our own words say it all. */
  readonly detail: string | null;
}

/** A refusal in plain words: those of a workflow reworded, else our text for its code, else for its status. */
export function errorWords(words: Pick<Words, 't' | 'language'>, error: unknown): ErrorWords {
  const { t, language } = words;
  if (!(error instanceof ApiError)) return { text: t('error.server'), detail: null };
  const worded = error.code === 'refused-by-workflow' ? refusalText(t, error.detail) : null;
  const known = worded ?? textOf(t, 'problem', error.code);
  if (known !== null) return { text: known, detail: null };
  const saysMore = language === 'en' && error.detail !== '' && error.status >= 400 && error.status < 500;
  return { text: t(byStatus(error.status)), detail: saysMore && error.status !== 403 ? error.detail : null };
}
