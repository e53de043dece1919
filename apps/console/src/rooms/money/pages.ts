import {
  IconBuildingBank,
  IconCoins,
  IconFileInvoice,
  IconHourglass,
  IconRepeat,
  IconScale,
} from '@tabler/icons-react';
import { lazy, type ComponentType } from 'react';

import type { User } from '#apps/backoffice/api-types.js';

type RoleName = User['role'];

const STAFF: readonly RoleName[] = ['administrator', 'staff'];

/** A page of the money room: its name in the address, who sees it, and what it is drawn by. */
const page = <Name extends string>(
  name: Name,
  icon: typeof IconScale,
  roles: readonly RoleName[],
  load: () => Promise<ComponentType>,
) => ({ name, icon, roles, Page: lazy(async () => ({ default: await load() })) });

/** In the order of the tabs. */
export const MONEY_PAGES = [
  page('bank', IconCoins, STAFF, async () => (await import('./bank.js')).Bank),
  page('direct-debits', IconRepeat, STAFF, async () => (await import('./direct-debits.js')).DirectDebits),
  page('arrears', IconHourglass, STAFF, async () => (await import('./arrears.js')).Arrears),
  page('documents', IconFileInvoice, STAFF, async () => (await import('./documents.js')).Documents),
  page('payouts', IconBuildingBank, [...STAFF, 'manager'], async () => (await import('./payouts.js')).Payouts),
  page('ledger', IconScale, STAFF, async () => (await import('./ledger.js')).Ledger),
];
