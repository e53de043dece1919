import { Alert, Button, Code, CopyButton, Group, Modal, Stack, Text } from '@mantine/core';

import { useWords } from '../../texts/language.js';

interface PasswordToTypeProps {
  readonly password: string;
  readonly charger: string;
  readonly close: () => void;
}

/** A secret that is told once; it is gone when this closes. */
export function PasswordToType({ password, charger, close }: PasswordToTypeProps) {
  const { t } = useWords();
  return (
    <Modal
      opened
      onClose={close}
      closeOnClickOutside={false}
      title={<Text fw={650}>{t('security.typed.title', { charger })}</Text>}
    >
      <Stack gap="md">
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="typed-password">
          {password}
        </Code>
        <Alert color="yellow">{t('security.typed.once')}</Alert>
        <Group justify="flex-end" gap="xs">
          <CopyButton value={password}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy}>
                {t(copied ? 'security.typed.copied' : 'security.typed.copy')}
              </Button>
            )}
          </CopyButton>
          <Button onClick={close}>{t('security.typed.close')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
