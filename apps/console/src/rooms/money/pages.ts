import { IconFileInvoice, IconScale } from '@tabler/icons-react';
import { IconHourglass, IconScale } from '@tabler/icons-react';
import { lazy, type ComponentType } from 'react';

import type { User } from '#apps/backoffice/api-types.js';

type RoleName = User['role'];

/** A page of the money room: who sees it, and what it is drawn by. */
export interface MoneyPage {
  readonly name: 'documents' | 'ledger';
  readonly name: 'arrears' | 'ledger';
  readonly icon: typeof IconScale;
  readonly roles: readonly RoleName[];
  readonly Page: ComponentType;
}

const STAFF: readonly RoleName[] = ['administrator', 'staff'];

/** In the order of the tabs. */
export const MONEY_PAGES: readonly MoneyPage[] = [
  {
    name: 'documents',
    icon: IconFileInvoice,
    roles: STAFF,
    Page: lazy(async () => ({ default: (await import('./documents.js')).Documents })),
    name: 'arrears',
    icon: IconHourglass,
    roles: STAFF,
    Page: lazy(async () => ({ default: (await import('./arrears.js')).Arrears })),
  },
  {
    name: 'ledger',
    icon: IconScale,
    roles: STAFF,
    Page: lazy(async () => ({ default: (await import('./ledger.js')).Ledger })),
  },
];
