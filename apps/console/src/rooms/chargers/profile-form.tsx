import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { ChargerSecurity } from '#apps/backoffice/api-types.js';

import { write } from '../../api/request.js';
import { useSession } from '../../app/session.js';
import { Refusal, sayDone } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';
import { nameOf } from '../../texts/translate.js';

interface ProfileFormProps {
  readonly chargerId: string;
  readonly security: ChargerSecurity;
  readonly close: () => void;
}

const PROFILES = ['0', '1', '2', '3'] as const;

/** What a charger must come with: more when it has shown that it can, less at once. */
export function ProfileForm({ chargerId, security, close }: ProfileFormProps) {
  const { t } = useWords();
  const { user } = useSession();
  const client = useQueryClient();
  const [chosen, setChosen] = useState(String(security.wantedProfile ?? security.profile));
  const mayLower = user.role !== 'installer';
  const isLower = Number(chosen) < security.profile;
  const set = useMutation({
    mutationFn: () => write('PUT', `/chargers/${encodeURIComponent(chargerId)}/security`, { profile: Number(chosen) }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: ['charger', chargerId] });
      close();
      sayDone(t('done.title'), t('security.set-profile.done'));
    },
  });
  return (
    <Modal opened onClose={close} title={<Text fw={650}>{t('security.set-profile')}</Text>}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate();
        }}
      >
        <Stack gap="md">
          <Select
            label={t('security.set-profile.label')}
            data={PROFILES.filter((one) => mayLower || Number(one) >= security.profile).map((one) => ({
              value: one,
              label: nameOf(t, 'security.profile', one),
            }))}
            value={chosen}
            onChange={(value) => setChosen(value ?? chosen)}
            allowDeselect={false}
          />
          <Alert color={isLower ? 'red' : 'blue'}>
            {t(isLower ? 'security.set-profile.lower' : 'security.set-profile.higher')}
          </Alert>
          {set.isError && <Refusal error={set.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} disabled={set.isPending}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={set.isPending} color={isLower ? 'red' : 'mar'}>
              {t('security.set-profile')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
