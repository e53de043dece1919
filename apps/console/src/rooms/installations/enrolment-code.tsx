import { Alert, Button, Code, Group, Modal, Stack, Text } from '@mantine/core';

import { useWords } from '../../texts/language.js';

/** The code of a window that was opened: told once; it is gone when this closes. */
export function EnrolmentCode({ code, close }: { readonly code: string; readonly close: () => void }) {
  const { t } = useWords();
  return (
    <Modal opened onClose={close} closeOnClickOutside={false} title={<Text fw={650}>{t('enrolment.code.title')}</Text>}>
      <Stack gap="md">
        <Text size="sm">{t('enrolment.code.url')}</Text>
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }} data-testid="enrolment-code">
          /ocpp/{code}
        </Code>
        <Text size="sm">{t('enrolment.code.password')}</Text>
        <Code block style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-wrap' }}>
          {code}
        </Code>
        <Alert color="yellow">{t('enrolment.code.once')}</Alert>
        <Group justify="flex-end">
          <Button onClick={close}>{t('enrolment.code.close')}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
