import type { Language } from '../format/numbers.js';

/** A label of the operator in the language of the page: `português · English`, or one text for both. */
export function labelIn(language: Language, label: string): string {
  const [portuguese = '', english = '', ...more] = label.split(' · ');
  if (english === '' || more.length > 0) return label;
  return language === 'pt' ? portuguese : english;
}
