import type { Language } from './numbers.js';

/** `a, b e c` · `a, b and c`. */
export function formatList(parts: readonly string[], language: Language): string {
  return new Intl.ListFormat(language === 'pt' ? 'pt-PT' : 'en-GB', { type: 'conjunction' }).format(parts);
}
