import { IntlMessageFormat } from 'intl-messageformat';

import type { Language } from '../format/numbers.js';
import en from './en.json' with { type: 'json' };
import pt from './pt.json' with { type: 'json' };

export type TextKey = keyof typeof pt;

/** Both languages say the same things: a key that only one of them has does not compile. */
const TEXTS: Record<Language, Record<TextKey, string>> = { pt, en: en satisfies Record<keyof typeof pt, string> };
const bothWays: Record<keyof typeof en, string> = pt;
void bothWays;

export type TextValues = Readonly<Record<string, string | number>>;
export type Translate = (key: TextKey, values?: TextValues) => string;

const LOCALE = { pt: 'pt-PT', en: 'en-GB' } as const;
const compiled = new Map<string, IntlMessageFormat>();

/** Texts are ICU messages: `{count, plural, one {# fatura} other {# faturas}}`. */
export function translator(language: Language): Translate {
  return (key, values) => {
    const id = `${language} ${key}`;
    let message = compiled.get(id);
    if (message === undefined) {
      message = new IntlMessageFormat(TEXTS[language][key], LOCALE[language], undefined, { ignoreTag: true });
      compiled.set(id, message);
    }
    return String(message.format<string>({ ...values }));
  };
}

/** For codes that come from elsewhere (a step, a band, a flag): its text, or null when there is none yet. */
export function textOf(t: Translate, prefix: string, code: string): string | null {
  const key = `${prefix}.${code}`;
  return isTextKey(key) ? t(key) : null;
}

/** A text for each code, and the code itself in plain letters when nobody has written one. */
export function nameOf(t: Translate, prefix: string, code: string): string {
  return textOf(t, prefix, code) ?? code.replaceAll(/[-_.]/g, ' ');
}

export function isTextKey(key: string): key is TextKey {
  return Object.hasOwn(TEXTS.pt, key);
}
