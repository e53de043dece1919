import { Alert, Button, FileButton, Group, Modal, Stack, Text, Textarea } from '@mantine/core';
import { IconAlertTriangle, IconFileCode } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router';

import type { CalendarDetail } from '#apps/backoffice/api-types.js';

import { Intent } from '../../api/intent.js';
import { ApiError } from '../../api/problem.js';
import { write } from '../../api/request.js';
import { paths } from '../../app/paths.js';
import { Refusal, sayDone } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';
import { calendarProblemText } from '../../wording/calendar-problem.js';

/** The object of a JSON text; null when it is none. */
function parsedObject(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : null;
  } catch {
    return null;
  }
}

/** Staff add a calendar by its file; what is wrong with it is said place by place. */
export function AddCalendar({ opened, close }: { readonly opened: boolean; readonly close: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState('');
  const [isNoJson, setNoJson] = useState(false);
  const [intent] = useState(() => new Intent());
  const add = useMutation({
    mutationFn: (file: object) => intent.once(text, (key) => write<CalendarDetail>('POST', '/calendars', file, key)),
    onSuccess: async (ran) => {
      if (ran === null) return;
      close();
      setText('');
      sayDone(t('done.title'), t('calendar.added.done', { name: ran.answer.name }));
      await client.invalidateQueries({ queryKey: ['calendars'] });
      await navigate(paths.calendar(ran.answer.id));
    },
  });
  const submit = (): void => {
    const file = parsedObject(text);
    setNoJson(file === null);
    if (file !== null) add.mutate(file);
    else add.reset();
  };
  const change = (next: string): void => {
    setText(next);
    setNoJson(false);
  };
  return (
    <Modal opened={opened} onClose={close} size="lg" title={<Text fw={650}>{t('calendar.add')}</Text>}>
      <Stack>
        <Text size="sm">{t('calendar.add.help')}</Text>
        <Textarea
          label={t('calendar.add.json')}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
          error={isNoJson && t('calendar.add.no-json')}
          minRows={8}
          maxRows={18}
          autosize
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          data-autofocus
        />
        {add.isError && <CalendarRefusal error={add.error} />}
        <Group justify="space-between" gap="xs">
          <FileButton accept="application/json,.json" onChange={(file) => void file?.text().then(change)}>
            {(props) => (
              <Button {...props} variant="default" leftSection={<IconFileCode size={17} aria-hidden />}>
                {t('calendar.add.file')}
              </Button>
            )}
          </FileButton>
          <Group gap="xs">
            <Button variant="default" onClick={close}>
              {t('app.cancel')}
            </Button>
            <Button onClick={submit} loading={add.isPending} disabled={text.trim() === ''}>
              {t('calendar.add.submit')}
            </Button>
          </Group>
        </Group>
      </Stack>
    </Modal>
  );
}

function CalendarRefusal({ error }: { readonly error: unknown }) {
  const { t } = useWords();
  const issues = error instanceof ApiError ? error.issues : [];
  if (issues.length === 0) return <Refusal error={error} />;
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('calendar.add.faults', { count: issues.length })}>
      <ul style={{ margin: 0, paddingLeft: 18 }} data-testid="calendar-faults">
        {issues.map(({ field, message }) => (
          <li key={`${field} ${message}`}>
            {field !== '' && <code>{field}: </code>}
            {calendarProblemText(t, message) ?? message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}
