import {
  ActionIcon,
  Avatar,
  Menu,
  SegmentedControl,
  Text,
  Tooltip,
  useComputedColorScheme,
  useMantineColorScheme,
} from '@mantine/core';
import { IconLogout, IconMoon, IconSun } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';

import { forgetAll, sessionQuery } from '../api/queries.js';
import { write } from '../api/request.js';
import type { Language } from '../format/numbers.js';
import { useWords } from '../texts/language.js';
import { useSession } from './session.js';

const LANGUAGES = [
  { value: 'pt', label: 'PT' },
  { value: 'en', label: 'EN' },
] satisfies { value: Language; label: string }[];

export function LanguageSwitch() {
  const { t, language, choose } = useWords();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t('app.language')}
      data={LANGUAGES}
      value={language}
      onChange={(next) => choose(next === 'en' ? 'en' : 'pt')}
    />
  );
}

export function SchemeSwitch() {
  const { t } = useWords();
  const { setColorScheme } = useMantineColorScheme();
  const scheme = useComputedColorScheme('light');
  const label = t(scheme === 'dark' ? 'app.light' : 'app.dark');
  return (
    <Tooltip label={label}>
      <ActionIcon
        variant="subtle"
        color="gray"
        size="lg"
        aria-label={label}
        onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
      >
        {scheme === 'dark' ? <IconSun size={19} /> : <IconMoon size={19} />}
      </ActionIcon>
    </Tooltip>
  );
}

export function UserMenu() {
  const { user } = useSession();
  const { t } = useWords();
  const client = useQueryClient();
  const signOut = useMutation({
    mutationFn: () => write('DELETE', '/session'),
    onSettled: () => {
      forgetAll(client);
      client.setQueryData(sessionQuery.queryKey, null);
    },
  });
  return (
    <Menu position="bottom-end" width={240}>
      <Menu.Target>
        <ActionIcon variant="transparent" size="lg" radius="xl" aria-label={t('app.signed-in-as', { name: user.name })}>
          <Avatar name={user.name} color="mar" size={32} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>
          <Text size="sm" fw={600} c="var(--mantine-color-text)">
            {user.name}
          </Text>
          <Text size="xs">{user.email}</Text>
          <Text size="xs">{t(`role.${user.role}`)}</Text>
        </Menu.Label>
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={16} />} onClick={() => signOut.mutate()}>
          {t('app.sign-out')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
