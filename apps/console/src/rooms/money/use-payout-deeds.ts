import { useQueryClient } from '@tanstack/react-query';
import { useMemo } from 'react';

import type { Payout, PayoutFile } from '#apps/backoffice/api-types.js';

import { fileUrl, read, write } from '../../api/request.js';
import { sayRefused, useAsk } from '../../parts/action-dialog.js';
import { errorWords } from '../../parts/error-words.js';
import { useWords } from '../../texts/language.js';

export type PayoutDeed = 'lines' | 'statement' | 'approve' | 'file' | 'paid' | 'cancel';
export type PayoutDeeds = (payout: Payout, deed: PayoutDeed) => void;

/** What one can do with a payout; asks first where it changes something. */
export function usePayoutDeeds(pay: (payout: Payout) => void, show: (payout: Payout) => void): PayoutDeeds {
  const words = useWords();
  const ask = useAsk();
  const client = useQueryClient();
  return useMemo(() => {
    const { t, money } = words;
    const decide = (payout: Payout, deed: 'approve' | 'cancel' | 'file'): void => {
      const amount = money(payout.totalCents, payout.currency);
      ask({
        title: t(`payout-deed.${deed}`),
        body: t(`payout-deed.${deed}.ask`, { condominium: payout.condominiumName, amount, iban: payout.iban ?? '–' }),
        confirm: t(`payout-deed.${deed}`),
        needsReason: deed === 'cancel',
        done: t(`payout-deed.${deed}.done`),
        run: async ({ reason }, key) => {
          const body = deed === 'cancel' ? { reason } : {};
          const answer = await write<PayoutFile>('POST', pathOf(payout, deed), body, key);
          if (deed === 'file') download(answer);
          await client.invalidateQueries({ queryKey: ['payouts'] });
        },
      });
    };
    const statement = async (payout: Payout): Promise<void> => {
      try {
        download(await read<PayoutFile>(pathOf(payout, 'statement')));
      } catch (error) {
        sayRefused(t('error.action'), errorWords(words, error).text);
      }
    };
    return (payout, deed) => {
      if (deed === 'lines') show(payout);
      else if (deed === 'paid') pay(payout);
      else if (deed === 'statement') void statement(payout);
      else decide(payout, deed);
    };
  }, [words, ask, client, pay, show]);
}

const pathOf = ({ payoutId }: Payout, deed: string): string => `/payouts/${encodeURIComponent(payoutId)}/${deed}`;

function download({ fileId, fileName }: PayoutFile): void {
  const link = document.createElement('a');
  link.href = fileUrl(fileId);
  link.download = fileName;
  link.click();
}
