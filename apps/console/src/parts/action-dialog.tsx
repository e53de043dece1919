import { Alert, Button, Group, Modal, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertTriangle, IconCheck } from '@tabler/icons-react';
import { createContext, use, useCallback, useState, type FormEvent, type ReactNode } from 'react';

import { Intent } from '../api/intent.js';
import { currencySymbol, formatScaled, parseAmountCents } from '../format/numbers.js';
import { useWords } from '../texts/language.js';
import { errorWords } from './error-words.js';

export interface ActionAnswers {
  readonly reason: string;
  readonly amountCents: number;
  readonly reference: string;
}

export interface ActionQuestion {
  readonly title: string;
  readonly body: string;
  readonly confirm: string;
  readonly colour?: string;
  readonly needsReason?: boolean;
  /** Asks for money that came in: how much is still due. `currency`: ISO 4217. */
  readonly transferDue?: { readonly cents: number; readonly currency: string };
  /** Does it, under the key of what is intended; what it throws is shown in the dialog, which stays open. */
  readonly run: (answers: ActionAnswers, key: string) => Promise<unknown>;
  /** Said when it is done. */
  readonly done: string;
}

const ActionContext = createContext<((question: ActionQuestion) => void) | null>(null);

/** Asks before it acts: `ask({ title, body, confirm, run, done })`. */
export function useAsk(): (question: ActionQuestion) => void {
  const ask = use(ActionContext);
  if (ask === null) throw new Error('useAsk outside ActionDialogProvider');
  return ask;
}

export function sayDone(title: string, message: string): void {
  notifications.show({ color: 'mar', icon: <IconCheck size={18} />, title, message });
}

export function sayRefused(title: string, message: string): void {
  notifications.show({ color: 'red', icon: <IconAlertTriangle size={18} />, title, message, autoClose: 10_000 });
}

export function ActionDialogProvider({ children }: { readonly children: ReactNode }) {
  const [question, setQuestion] = useState<ActionQuestion | null>(null);
  const [open, setOpen] = useState(false);
  const ask = useCallback((next: ActionQuestion): void => {
    setQuestion(next);
    setOpen(true);
  }, []);
  return (
    <ActionContext value={ask}>
      {children}
      <Modal
        opened={open}
        onClose={() => setOpen(false)}
        title={<Text fw={650}>{question?.title ?? ''}</Text>}
        zIndex={ABOVE_DRAWERS}
      >
        {question !== null && <ActionForm question={question} close={() => setOpen(false)} />}
      </Modal>
    </ActionContext>
  );
}

/** Mantine's drawers are at 200: a question may be asked from one. */
const ABOVE_DRAWERS = 250;

type Missing = 'reason' | 'amount' | 'reference' | null;

function ActionForm({ question, close }: { readonly question: ActionQuestion; readonly close: () => void }) {
  const { t, money, language } = useWords();
  const [reason, setReason] = useState('');
  const [reference, setReference] = useState('');
  const due = question.transferDue;
  const [amount, setAmount] = useState(due === undefined ? '' : formatScaled(due.cents, 2, 2, language));
  const [missing, setMissing] = useState<Missing>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [intent] = useState(() => new Intent());

  const amountCents = parseAmountCents(amount);
  const check = (): Missing => {
    if (question.needsReason === true && reason.trim() === '') return 'reason';
    if (due === undefined) return null;
    if (amountCents === null || amountCents <= 0) return 'amount';
    return reference.trim() === '' ? 'reference' : null;
  };
  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const lacks = check();
    setMissing(lacks);
    if (lacks !== null) return;
    setBusy(true);
    setError(null);
    try {
      const answers = { reason: reason.trim(), amountCents: amountCents ?? 0, reference: reference.trim() };
      const ran = await intent.once(JSON.stringify(answers), (key) => question.run(answers, key));
      if (ran === null) return;
      close();
      sayDone(t('done.title'), question.done);
    } catch (refusal) {
      setError(refusal);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} noValidate>
      <Stack gap="md">
        <Text size="sm">{question.body}</Text>
        {due !== undefined && (
          <>
            <TextInput
              label={t('ask.amount')}
              description={t('ask.amount.help', { due: money(due.cents, due.currency) })}
              value={amount}
              onChange={(event) => setAmount(event.currentTarget.value)}
              rightSection={<Text c="dimmed">{currencySymbol(due.currency)}</Text>}
              inputMode="decimal"
              error={missing === 'amount' && t('ask.amount.wrong')}
              data-autofocus
            />
            <TextInput
              label={t('ask.reference')}
              description={t('ask.reference.help')}
              value={reference}
              maxLength={140}
              onChange={(event) => setReference(event.currentTarget.value)}
              error={missing === 'reference' && t('ask.reference.missing')}
            />
          </>
        )}
        {question.needsReason === true && (
          <Textarea
            label={t('ask.reason')}
            description={t('ask.reason.help')}
            value={reason}
            maxLength={500}
            autosize
            minRows={2}
            onChange={(event) => setReason(event.currentTarget.value)}
            error={missing === 'reason' && t('ask.reason.missing')}
            data-autofocus
          />
        )}
        {error !== null && <Refusal error={error} />}
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} disabled={busy}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" color={question.colour ?? 'mar'} loading={busy}>
            {question.confirm}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function Refusal({ error }: { readonly error: unknown }) {
  const words = useWords();
  const { t } = words;
  const { text, detail } = errorWords(words, error);
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title={t('error.action')}>
      {text}
      {detail !== null && (
        <Text size="xs" c="dimmed">
          {detail}
        </Text>
      )}
    </Alert>
  );
}
