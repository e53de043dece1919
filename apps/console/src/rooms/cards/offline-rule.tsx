import { SegmentedControl, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';

import type { OfflineRuleSetting } from '#apps/backoffice/api-types.js';

import { offlineRuleQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { useAsk } from '../../parts/action-dialog.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { Section } from '../../parts/section.js';
import { useWords } from '../../texts/language.js';

const RULES: readonly OfflineRuleSetting['unknownWhenOffline'][] = ['refuse', 'accept'];

/** What chargers do with a card that nobody knows while they cannot ask. Who changes it is told first what it does. */
export function OfflineRule({ installationId }: { readonly installationId: string }) {
  const { t } = useWords();
  const { user } = useSession();
  const rule = useQuery(offlineRuleQuery(installationId));
  const ask = useAsk();
  const client = useQueryClient();
  const may = user.role === 'staff' || user.role === 'administrator';
  const change = (wanted: OfflineRuleSetting['unknownWhenOffline']): void =>
    ask({
      title: t(`cards.offline.${wanted}.title`),
      body: t(`cards.offline.${wanted}.body`),
      confirm: t(`cards.offline.${wanted}`),
      run: async (_answers, key) => {
        const path = `/installations/${encodeURIComponent(installationId)}/offline-rule`;
        const after = await write<OfflineRuleSetting>('PUT', path, { unknownWhenOffline: wanted }, key);
        client.setQueryData(offlineRuleQuery(installationId).queryKey, after);
      },
      done: t('cards.offline.done'),
    });
  return (
    <Section title={t('cards.offline')} help={t('cards.offline.help')}>
      {rule.isPending && <RowsLoading rows={1} />}
      {rule.isError && <ErrorNotice error={rule.error} retry={() => void rule.refetch()} />}
      {rule.data !== undefined &&
        (may ? (
          <SegmentedControl
            aria-label={t('cards.offline')}
            data={RULES.map((each) => ({ value: each, label: t(`cards.offline.${each}`) }))}
            value={rule.data.unknownWhenOffline}
            onChange={(value) => change(RULES.find((each) => each === value) ?? 'refuse')}
          />
        ) : (
          <Text size="sm">{t(`cards.offline.${rule.data.unknownWhenOffline}`)}</Text>
        ))}
    </Section>
  );
}
