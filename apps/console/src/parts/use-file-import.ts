import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import { Intent } from '../api/intent.js';
import { write } from '../api/request.js';
import { useWords } from '../texts/language.js';
import { sayDone } from './action-dialog.js';

interface FileImport<Answer> {
  /** Takes the body with `?dryRun=true` too, and then changes nothing. */
  readonly path: string;
  readonly bodyOf: (file: File) => Promise<object>;
  /** Said when it is imported. */
  readonly done: (answer: Answer) => string;
  readonly afterwards?: () => void;
}

/** A file is chosen, looked at, and only then imported: once, however often one presses. */
export function useFileImport<Answer extends { readonly imported: boolean }>({
  path,
  bodyOf,
  done,
  afterwards,
}: FileImport<Answer>) {
  const { t } = useWords();
  const client = useQueryClient();
  const [file, setFile] = useState<File | null>(null);
  const [intent] = useState(() => new Intent());
  const look = useMutation({
    mutationFn: async (chosen: File) => write<Answer>('POST', `${path}?dryRun=true`, await bodyOf(chosen)),
  });
  const run = useMutation({
    mutationFn: async (chosen: File) => {
      const body = await bodyOf(chosen);
      return intent.once(JSON.stringify(body), (key) => write<Answer>('POST', path, body, key));
    },
    onSuccess: async (ran) => {
      if (ran === null || !ran.answer.imported) return;
      sayDone(t('done.title'), done(ran.answer));
      afterwards?.();
      await client.invalidateQueries();
    },
  });
  /** `looks`: whether what it must be looked at with is known already. */
  const choose = (chosen: File | null, looks = true): void => {
    setFile(chosen);
    look.reset();
    run.reset();
    if (chosen !== null && looks) look.mutate(chosen);
  };
  return { file, choose, look, run, error: run.error ?? look.error };
}
