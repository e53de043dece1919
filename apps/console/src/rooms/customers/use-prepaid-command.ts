import { useQueryClient } from '@tanstack/react-query';

import type { Prepaid } from '#apps/backoffice/api-types.js';

import { customerQuery, prepaidQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';

/** Sends a command about a prepaid account, under the key of what is intended, and shows what it answers. */
export function usePrepaidCommand(customerId: string): (command: string, body: object, key: string) => Promise<void> {
  const client = useQueryClient();
  return async (command, body, key) => {
    const path = `/customers/${encodeURIComponent(customerId)}/prepaid/${command}`;
    const answer = await write<Prepaid>('POST', path, body, key);
    client.setQueryData(prepaidQuery(customerId).queryKey, answer);
    await client.invalidateQueries({ queryKey: customerQuery(customerId).queryKey });
  };
}
