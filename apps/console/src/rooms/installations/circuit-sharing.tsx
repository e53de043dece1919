import { Switch } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';

import type { Circuits } from '#apps/backoffice/api-types.js';

import { circuitsQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { useAsk } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';

interface CircuitSharingProps {
  readonly installationId: string;
  readonly isShared: boolean;
}

/** Whether the current is shared; who may change circuits turns it on and off, and is told what that does first. */
export function CircuitSharing({ installationId, isShared }: CircuitSharingProps) {
  const { t } = useWords();
  const { user } = useSession();
  const ask = useAsk();
  const client = useQueryClient();
  if (user.role === 'manager' || user.role === 'resident') return null;
  const turn = isShared ? 'off' : 'on';
  const change = async (key: string): Promise<void> => {
    const path = `/installations/${encodeURIComponent(installationId)}/circuits`;
    const circuits = await write<Circuits>('PUT', path, { isShared: !isShared }, key);
    client.setQueryData(circuitsQuery(installationId).queryKey, circuits);
  };
  return (
    <Switch
      label={t('circuits.share')}
      checked={isShared}
      onChange={() =>
        ask({
          title: t(`circuits.share.${turn}.title`),
          body: t(`circuits.share.${turn}.body`),
          confirm: t(`circuits.share.${turn}`),
          ...(isShared && { colour: 'red' }),
          run: (_answers, key) => change(key),
          done: t(`circuits.share.${turn}.done`),
        })
      }
    />
  );
}
