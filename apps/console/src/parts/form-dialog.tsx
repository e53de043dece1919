import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent, type ReactNode } from 'react';

import { Intent } from '../api/intent.js';
import { write } from '../api/request.js';
import { useWords } from '../texts/language.js';
import { Refusal, sayDone } from './action-dialog.js';

interface FormDialogProps {
  readonly title: string;
  readonly help?: string;
  readonly confirm: string;
  /** Said when it is done. */
  readonly done: string;
  /** Where what is filled in is sent to. */
  readonly path: string;
  /** POST when not given. */
  readonly method?: 'POST' | 'PUT';
  /** Null while what is filled in is not whole. */
  readonly body: object | null;
  /** Reads again what it changed; the dialog closes after. */
  readonly refresh: () => Promise<unknown>;
  readonly close: () => void;
  readonly testId?: string;
  /** The fields. `tried`: someone wanted to send what is not whole, so that the fields say what they lack. */
  readonly children: (tried: boolean) => ReactNode;
}

/** A form of its own fields, sent under the key of what is intended; a refusal is shown in it, and it stays open. */
export function FormDialog({
  title,
  help,
  confirm,
  done,
  path,
  method = 'POST',
  body,
  refresh,
  close,
  testId,
  children,
}: FormDialogProps) {
  const { t } = useWords();
  const [tried, setTried] = useState(false);
  const [intent] = useState(() => new Intent());
  const send = useMutation({
    mutationFn: async (whole: object) => {
      const ran = await intent.once(JSON.stringify(whole), (key) => write(method, path, whole, key));
      if (ran !== null) await refresh();
      return ran !== null;
    },
    onSuccess: (ran) => {
      if (!ran) return;
      close();
      sayDone(t('done.title'), done);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setTried(body === null);
    if (body !== null) send.mutate(body);
  };
  return (
    <Modal opened onClose={close} title={<Text fw={650}>{title}</Text>}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          {help !== undefined && <Text size="sm">{help}</Text>}
          {children(tried)}
          {send.isError && <Refusal error={send.error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} disabled={send.isPending}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={send.isPending} data-testid={testId}>
              {confirm}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
