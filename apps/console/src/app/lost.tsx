import { Button, Center, Stack, Text, Title } from '@mantine/core';
import { Link, useRouteError } from 'react-router';

import { useWords } from '../texts/language.js';
import { paths } from './paths.js';

export function NotFound() {
  const { t } = useWords();
  return (
    <Center mih="50vh">
      <Stack align="center" gap="sm" ta="center">
        <Title order={1}>{t('app.not-found')}</Title>
        <Text c="dimmed">{t('app.not-found.help')}</Text>
        <Button component={Link} to={paths.home} mt="sm">
          {t('app.home')}
        </Button>
      </Stack>
    </Center>
  );
}

/** A defect of a page: the rest of the console stays usable. */
export function Crashed() {
  const { t } = useWords();
  const error = useRouteError();
  return (
    <Center mih="50vh" p="md">
      <Stack align="center" gap="sm" ta="center" role="alert">
        <Title order={1}>{t('app.crashed')}</Title>
        <Text c="dimmed">{t('app.crashed.help')}</Text>
        {error instanceof Error && (
          <Text size="xs" c="dimmed" ff="monospace">
            {error.message}
          </Text>
        )}
        <Button onClick={() => location.reload()} mt="sm">
          {t('app.reload')}
        </Button>
      </Stack>
    </Center>
  );
}
