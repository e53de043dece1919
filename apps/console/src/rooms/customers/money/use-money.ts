import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { PayMethod, StartCheckout, StartedCheckoutAnswer } from '#apps/backoffice/api-types.js';

import { Intent } from '../../../api/intent.js';
import { customerQuery, moneyQuery, prepaidQuery } from '../../../api/queries.js';
import { write } from '../../../api/request.js';

export const customerPath = (customerId: string): string => `/customers/${encodeURIComponent(customerId)}`;

/** After something moved: all that the page shows of it is read again. */
export async function refreshMoney(client: QueryClient, customerId: string): Promise<void> {
  const keys = [
    moneyQuery(customerId).queryKey,
    prepaidQuery(customerId).queryKey,
    customerQuery(customerId).queryKey,
    ['statement', customerId],
    ['arrears', 'customer', customerId],
  ];
  await Promise.all(keys.map((queryKey) => client.invalidateQueries({ queryKey })));
}

export interface CheckoutWish {
  readonly pays: StartCheckout['pays'];
  /** null: chosen on the provider's page. */
  readonly method: PayMethod | null;
}

/** Opens the provider's page. Pressed twice, or again after nobody answered, it is the same payment. */
export function useCheckout(customerId: string) {
  const client = useQueryClient();
  const [intent] = useState(() => new Intent());
  return useMutation({
    mutationFn: (wish: CheckoutWish) =>
      intent.once(JSON.stringify(wish), (key) =>
        write<StartedCheckoutAnswer>('POST', `${customerPath(customerId)}/checkouts`, wish, key),
      ),
    onSuccess: async (ran) => {
      if (ran === null) return;
      if (ran.answer.url === null) await refreshMoney(client, customerId);
      else globalThis.location.assign(ran.answer.url);
    },
  });
}

export type Checkouts = ReturnType<typeof useCheckout>;

/** Until the browser has left for the provider's page the button goes on turning. */
export const isLeaving = ({ isPending, data }: Checkouts): boolean =>
  isPending || (data !== undefined && data !== null && data.answer.url !== null);
