import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react';

import type { Language } from '../format/numbers.js';
import { wordsIn, type Words } from './words.js';

const STORE = 'chazemo.language';

interface LanguageChoice extends Words {
  /** Keeps the choice for this browser, and for this person when signed in. */
  readonly choose: (language: Language) => void;
  /** Someone signed in: what they chose here before, else what their account says. */
  readonly adopt: (userId: string, accountLanguage: string) => void;
}

const LanguageContext = createContext<LanguageChoice | null>(null);

function stored(key: string): Language | null {
  const value = localStorage.getItem(key);
  return value === 'pt' || value === 'en' ? value : null;
}

export function LanguageProvider({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(() => stored(STORE) ?? 'pt');
  const [userId, setUserId] = useState<string | null>(null);

  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);

  const choose = useCallback(
    (next: Language) => {
      localStorage.setItem(userId === null ? STORE : `${STORE}.${userId}`, next);
      setLanguage(next);
    },
    [userId],
  );
  const adopt = useCallback((id: string, accountLanguage: string) => {
    setUserId(id);
    setLanguage(stored(`${STORE}.${id}`) ?? stored(STORE) ?? (accountLanguage.startsWith('en') ? 'en' : 'pt'));
  }, []);

  const value = useMemo(() => ({ ...wordsIn(language), choose, adopt }), [language, choose, adopt]);
  return <LanguageContext value={value}>{children}</LanguageContext>;
}

export function useWords(): LanguageChoice {
  const value = use(LanguageContext);
  if (value === null) throw new Error('useWords outside LanguageProvider');
  return value;
}
