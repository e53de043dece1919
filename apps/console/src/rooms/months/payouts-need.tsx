import { Alert, Anchor, Group } from '@mantine/core';
import { IconBuildingBank } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from 'react-router';

import { payoutProposalsQuery } from '../../api/queries.js';
import { paths } from '../../app/paths.js';
import { useWords } from '../../texts/language.js';

/** Proposals of payouts that wait for a person; nothing while there are none. */
export function PayoutsNeed() {
  const { t } = useWords();
  const { data: proposals } = useQuery(payoutProposalsQuery);
  if (proposals === undefined || proposals.length === 0) return null;
  return (
    <Alert color="orange" icon={<IconBuildingBank />} mb="lg" data-testid="payouts-need">
      <Group justify="space-between" gap="sm">
        {t('payouts.need', { count: proposals.length })}
        <Anchor component={Link} to={paths.moneyPage('payouts')} size="sm" fw={600}>
          {t('payouts.need.look')}
        </Anchor>
      </Group>
    </Alert>
  );
}
