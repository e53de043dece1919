import { Stack } from '@mantine/core';

import { useSession } from '../../app/session.js';
import { PayoutPolicies } from './payout-policies.js';
import { PayoutList } from './payouts-list.js';
import { OwedNow } from './payouts-owed.js';

/** What is owed to the condominiums now, and what was paid out. Staff act; a manager looks on. */
export function Payouts() {
  const { user } = useSession();
  const acts = user.role === 'administrator' || user.role === 'staff';
  return (
    <Stack gap="lg">
      <OwedNow acts={acts} />
      <PayoutList acts={acts} />
      <PayoutPolicies acts={acts} />
    </Stack>
  );
}
