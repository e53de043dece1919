import { Button, Group, List, Modal, NumberInput, Stack, Text, TextInput } from '@mantine/core';
import { useState, type FormEvent } from 'react';

import type { ArrearsDetail } from '#apps/backoffice/api-types.js';

import { Intent } from '../../api/intent.js';
import { write } from '../../api/request.js';
import { Refusal, sayDone } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';
import { equalInstalments } from '../../wording/arrears.js';
import { useCaseRefresh } from './case-commands.js';

interface DialogProps {
  readonly detail: ArrearsDetail;
  readonly close: () => void;
}

/** yyyy-mm-dd of the reader's day, so many days from now. */
function dayAhead(days: number): string {
  const date = new Date(Date.now() + days * 86_400_000);
  return `${date.getFullYear()}-${String(date.getMonth() + 1).padStart(2, '0')}-${String(date.getDate()).padStart(2, '0')}`;
}

function useSend(documentId: string, close: () => void) {
  const { t } = useWords();
  const refresh = useCaseRefresh();
  const [intent] = useState(() => new Intent());
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (path: string, body: object, done: string): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      const address = `/arrears/${encodeURIComponent(documentId)}/${path}`;
      const sent = await intent.once(JSON.stringify(body), (key) => write('POST', address, body, key));
      if (sent === null) return;
      await refresh();
      close();
      sayDone(t('done.title'), done);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };
  return { busy, error, send };
}

/** Equal instalments a month apart for exactly what is due. */
export function PlanDialog({ detail, close }: DialogProps) {
  const { t, money, day } = useWords();
  const { documentId, dueCents, currency } = detail.case;
  const [count, setCount] = useState(3);
  const [first, setFirst] = useState(() => dayAhead(14));
  const { busy, error, send } = useSend(documentId, close);
  const instalments = equalInstalments(dueCents, count, first);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void send('plan', { instalments }, t('arrears-plan.done'));
  };
  return (
    <Modal opened onClose={close} title={<Text fw={650}>{t('arrears-plan.title')}</Text>}>
      <form onSubmit={submit}>
        <Stack gap="md">
          <Text size="sm">{t('arrears-plan.help', { due: money(dueCents, currency) })}</Text>
          <NumberInput
            label={t('arrears-plan.count')}
            value={count}
            min={1}
            max={Math.min(24, dueCents)}
            clampBehavior="strict"
            allowDecimal={false}
            onChange={(value) => setCount(Math.max(1, Number(value) || 1))}
            data-autofocus
          />
          <TextInput
            type="date"
            label={t('arrears-plan.first')}
            value={first}
            min={dayAhead(0)}
            required
            onChange={(event) => setFirst(event.currentTarget.value)}
          />
          <List size="sm" className="cz-figures">
            {instalments.map(({ dueDate, amountCents }) => (
              <List.Item key={dueDate}>
                {t('arrears-plan.line', { date: day(dueDate), amount: money(amountCents, currency) })}
              </List.Item>
            ))}
          </List>
          {error !== null && <Refusal error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} disabled={busy}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={busy}>
              {t('arrears-plan.agree')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The formal notice went by registered post. */
export function LetterDialog({ detail, close }: DialogProps) {
  const { t } = useWords();
  const [reference, setReference] = useState('');
  const [recipient, setRecipient] = useState(detail.case.customerName);
  const [sentOn, setSentOn] = useState(() => dayAhead(0));
  const [isMissing, setMissing] = useState(false);
  const { busy, error, send } = useSend(detail.case.documentId, close);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const lacks = reference.trim().length < 3 || recipient.trim().length < 3 || sentOn === '';
    setMissing(lacks);
    if (lacks) return;
    void send('registered-letter', { reference, recipient, sentOn }, t('arrears-letter.done'));
  };
  return (
    <Modal opened onClose={close} title={<Text fw={650}>{t('arrears-letter.title')}</Text>}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Text size="sm">{t('arrears-letter.help')}</Text>
          <TextInput
            label={t('arrears-letter.reference')}
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
            error={isMissing && t('arrears-letter.missing')}
            data-autofocus
          />
          <TextInput
            label={t('arrears-letter.recipient')}
            value={recipient}
            onChange={(event) => setRecipient(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t('arrears-letter.sent-on')}
            value={sentOn}
            max={dayAhead(0)}
            onChange={(event) => setSentOn(event.currentTarget.value)}
          />
          {error !== null && <Refusal error={error} />}
          <Group justify="flex-end" gap="xs">
            <Button variant="default" onClick={close} disabled={busy}>
              {t('app.cancel')}
            </Button>
            <Button type="submit" loading={busy}>
              {t('arrears-letter.save')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
