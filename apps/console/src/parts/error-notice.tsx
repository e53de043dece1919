import { Alert, Button, Center, Text } from '@mantine/core';
import { IconAlertTriangle, IconRefresh } from '@tabler/icons-react';

import { useWords } from '../texts/language.js';
import { errorWords } from './error-words.js';

interface ErrorNoticeProps {
  readonly error: unknown;
  readonly retry?: () => void;
  /** In the middle of an otherwise empty page. */
  readonly page?: boolean;
}

export function ErrorNotice({ error, retry, page = false }: ErrorNoticeProps) {
  const words = useWords();
  const { t } = words;
  const { text, detail } = errorWords(words, error);
  const notice = (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('error.title')} radius="lg" maw={560}>
      <Text size="sm">{text}</Text>
      {detail !== null && (
        <Text size="xs" c="dimmed" mt={4}>
          {t('error.detail', { detail })}
        </Text>
      )}
      {retry !== undefined && (
        <Button mt="sm" size="xs" variant="light" color="red" leftSection={<IconRefresh size={15} />} onClick={retry}>
          {t('error.retry')}
        </Button>
      )}
    </Alert>
  );
  return page ? (
    <Center mih="60dvh" p="md">
      {notice}
    </Center>
  ) : (
    notice
  );
}
