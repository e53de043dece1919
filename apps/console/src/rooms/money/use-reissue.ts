import { useQueryClient } from '@tanstack/react-query';
import { useCallback } from 'react';

import type { FiscalDocument, ReissuedDocument } from '#apps/backoffice/api-types.js';

import { write } from '../../api/request.js';
import { useAsk } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';

/** Asks whether a month is to be invoiced again, and does it. */
export function useReissue(): (document: Pick<FiscalDocument, 'documentId' | 'number'>) => void {
  const { t } = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  return useCallback(
    ({ documentId, number }) =>
      ask({
        title: t('documents.reissue'),
        body: t('documents.reissue.ask', { number }),
        confirm: t('documents.reissue'),
        done: t('documents.reissue.done'),
        needsReason: false,
        run: async (_answers, key) => {
          await write<ReissuedDocument>('POST', `/documents/${encodeURIComponent(documentId)}/reissue`, {}, key);
          await client.invalidateQueries();
        },
      }),
    [t, ask, client],
  );
}
