import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { Card } from '#apps/backoffice/api-types.js';

import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { useAsk } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';
import type { CardDeeds } from './card-columns.js';

/** What the person may do with cards; null for who only looks. `change` opens the form. */
export function useCardDeeds(change: (card: Card) => void): CardDeeds | null {
  const { t } = useWords();
  const { user } = useSession();
  const ask = useAsk();
  const client = useQueryClient();
  const may = user.role === 'staff' || user.role === 'administrator';
  return useMemo(() => {
    if (!may) return null;
    const deed = (name: 'block' | 'unblock') => (card: Card) =>
      ask({
        title: t(`cards.${name}.title`, { idTag: card.idTag }),
        body: t(`cards.${name}.body`),
        confirm: t(`cards.${name}`),
        ...(name === 'block' && { colour: 'red' }),
        needsReason: true,
        run: async ({ reason }, key) => {
          await write('POST', `/tokens/${card.tokenId}/${name}`, { reason }, key);
          await client.invalidateQueries({ queryKey: ['cards'] });
        },
        done: t(`cards.${name}.done`),
      });
    return { change, block: deed('block'), unblock: deed('unblock') };
  }, [may, change, t, ask, client]);
}
