import { Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { StartedMonth, StartMonth as Wanted } from '#apps/backoffice/api-types.js';

import { Intent } from '../../api/intent.js';
import { installationsQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { Refusal, sayDone } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';

/** The last months, the current one first, as yyyy-mm. */
export function lastPeriods(count: number, now: Date = new Date()): string[] {
  return Array.from({ length: count }, (_, back) => {
    const first = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back, 1));
    return first.toISOString().slice(0, 7);
  });
}

/** Starts a month by hand, for an installation whose schedule did not, or must not wait. */
export function StartMonth({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const { t, period } = useWords();
  const client = useQueryClient();
  const installations = useQuery(installationsQuery);
  const [wanted, setWanted] = useState<{ installation: string | null; period: string | null }>({
    installation: null,
    period: lastPeriods(2)[1] ?? null,
  });

  const [intent] = useState(() => new Intent());
  const start = useMutation({
    mutationFn: (body: Wanted) =>
      intent.once(JSON.stringify(body), (key) => write<StartedMonth>('POST', '/months', body, key)),
    onSuccess: (ran) => {
      if (ran === null) return;
      const started = ran.answer;
      close();
      const name = installations.data?.find(({ id }) => id === started.installationId)?.name ?? '';
      sayDone(t('done.title'), t('months.started', { period: period(started.period), installation: name }));
      return client.invalidateQueries({ queryKey: ['months'] });
    },
  });
  const { installation } = wanted;
  const month = wanted.period;

  return (
    <Modal opened={opened} onClose={close} title={<Text fw={650}>{t('months.start')}</Text>}>
      <Stack>
        <Text size="sm">{t('months.start.help')}</Text>
        <Select
          label={t('months.filter.installation')}
          data={(installations.data ?? []).map(({ id, name }) => ({ value: id, label: name }))}
          value={installation}
          onChange={(value) => setWanted((now) => ({ ...now, installation: value }))}
          searchable
          data-autofocus
        />
        <Select
          label={t('months.filter.period')}
          data={lastPeriods(24).map((each) => ({ value: each, label: period(each) }))}
          value={month}
          onChange={(value) => setWanted((now) => ({ ...now, period: value }))}
          allowDeselect={false}
        />
        {start.isError && <Refusal error={start.error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button
            disabled={installation === null || month === null}
            loading={start.isPending}
            onClick={() => {
              if (installation !== null && month !== null)
                start.mutate({ installationId: installation, period: month });
            }}
          >
            {t('months.start')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
