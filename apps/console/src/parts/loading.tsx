import { Center, Loader, Skeleton, Stack } from '@mantine/core';

import { useWords } from '../texts/language.js';

export function PageLoader() {
  const { t } = useWords();
  return (
    <Center mih="100dvh">
      <Loader type="dots" aria-label={t('app.loading')} />
    </Center>
  );
}

/** The outline of what is coming, in as many rows. */
export function RowsLoading({ rows = 6, height = 44 }: { readonly rows?: number; readonly height?: number }) {
  const { t } = useWords();
  return (
    <Stack gap="xs" aria-busy aria-label={t('app.loading')}>
      {Array.from({ length: rows }, (_, row) => (
        <Skeleton key={row} height={height} radius="md" />
      ))}
    </Stack>
  );
}
