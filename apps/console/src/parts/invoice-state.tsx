import { Badge } from '@mantine/core';

import type { InvoiceState } from '#apps/backoffice/api-types.js';

import { useWords } from '../texts/language.js';

const COLOURS: Record<InvoiceState, string> = {
  open: 'gray',
  processing: 'blue',
  paid: 'mar',
  'partly-paid': 'yellow',
  arrears: 'orange',
  disputed: 'red',
};

export function InvoiceStateBadge({ state }: { readonly state: InvoiceState }) {
  const { t } = useWords();
  return (
    <Badge color={COLOURS[state]} variant={state === 'open' ? 'outline' : 'light'} data-state={state}>
      {t(`state.${state}`)}
    </Badge>
  );
}
