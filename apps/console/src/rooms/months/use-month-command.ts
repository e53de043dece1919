import { useMutation, useQueryClient } from '@tanstack/react-query';

import type { MonthAction, MonthDetail } from '#apps/backoffice/api-types.js';

import { monthQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';

/** Sends a command to a month; its answer, the month as it stands afterwards, is on screen at once. */
export function useMonthCommand(cycleId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ action, reason, key }: { action: MonthAction; reason?: string; key: string }) =>
      write<MonthDetail>(
        'POST',
        `/months/${encodeURIComponent(cycleId)}/${action}`,
        reason === undefined ? {} : { reason },
        key,
      ),
    onSuccess: (month) => client.setQueryData(monthQuery(cycleId).queryKey, month),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: ['months'] }),
        client.invalidateQueries({ queryKey: ['month', cycleId] }),
        client.invalidateQueries({ queryKey: ['month-invoices', cycleId] }),
      ]),
  });
}
