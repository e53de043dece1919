import { Button, Group, Loader, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { BankLine, OpenInvoice } from '#apps/backoffice/api-types.js';

import { Intent } from '../../api/intent.js';
import { openInvoicesQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { formatScaled, parseAmountCents } from '../../format/numbers.js';
import { Refusal, sayDone } from '../../parts/action-dialog.js';
import { useWords } from '../../texts/language.js';

interface Part {
  readonly key: string;
  readonly customerId: string;
  readonly documentId: string | null;
  readonly label: string;
  readonly amount: string;
}

/** One line over several invoices and customers; what is left of it stays unmatched. */
export function SplitLine({ line, close }: { readonly line: BankLine; readonly close: () => void }) {
  const { t, money, language } = useWords();
  const client = useQueryClient();
  const [words, setWords] = useState('');
  const [parts, setParts] = useState<readonly Part[]>([]);
  const [intent] = useState(() => new Intent());
  const invoices = useQuery(openInvoicesQuery(line.issuerId, words));
  const spent = parts.reduce((sum, { amount }) => sum + (parseAmountCents(amount) ?? 0), 0);
  const left = line.openCents - spent;
  const wrong = parts.length === 0 || left < 0 || parts.some(({ amount }) => (parseAmountCents(amount) ?? 0) <= 0);
  const send = useMutation({
    mutationFn: () => {
      const body = {
        parts: parts.map(({ customerId, documentId, amount }) => ({
          customerId,
          documentId,
          amountCents: parseAmountCents(amount) ?? 0,
        })),
      };
      return intent.once(JSON.stringify(body), (key) => write('POST', `/bank/lines/${line.lineId}/match`, body, key));
    },
    onSuccess: async () => {
      close();
      sayDone(t('done.title'), t('bank.matched'));
      await client.invalidateQueries();
    },
  });
  const add = (invoice: OpenInvoice, ahead: boolean): void => {
    const cents = ahead ? left : Math.min(left, invoice.dueCents);
    const documentId = ahead ? null : invoice.documentId;
    const key = `${invoice.customerId} ${documentId ?? ''}`;
    if (cents <= 0 || parts.some((part) => part.key === key)) return;
    const label = `${invoice.customerName} · ${ahead ? t('bank.ahead') : invoice.number}`;
    const amount = formatScaled(cents, 2, 2, language);
    setParts([...parts, { key, customerId: invoice.customerId, documentId, label, amount }]);
  };
  return (
    <Modal opened onClose={close} title={<Text fw={650}>{t('bank.split')}</Text>} size="lg">
      <Stack gap="md">
        <Text size="sm">
          {money(line.openCents, line.currency)} · {line.text}
        </Text>
        {parts.map((part) => (
          <Group key={part.key} align="flex-end" wrap="nowrap">
            <TextInput
              label={part.label}
              value={part.amount}
              inputMode="decimal"
              onChange={(event) => {
                const amount = event.currentTarget.value;
                setParts(parts.map((each) => (each.key === part.key ? { ...each, amount } : each)));
              }}
            />
            <Button variant="subtle" onClick={() => setParts(parts.filter(({ key }) => key !== part.key))}>
              {t('bank.remove')}
            </Button>
          </Group>
        ))}
        <Text size="sm" aria-live="polite" {...(left < 0 && { c: 'red' })}>
          {t('bank.left', { amount: money(left, line.currency) })}
        </Text>
        <TextInput
          label={t('bank.find')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
          rightSection={invoices.isFetching ? <Loader size="xs" /> : null}
          data-autofocus
        />
        <Stack gap={4}>
          {(invoices.data ?? []).slice(0, 8).map((invoice) => (
            <Group key={invoice.documentId} gap="xs">
              <Button size="compact-sm" variant="light" onClick={() => add(invoice, false)}>
                {invoice.customerName} · {invoice.number} · {money(invoice.dueCents, invoice.currency)}
              </Button>
              <Button size="compact-xs" variant="subtle" onClick={() => add(invoice, true)}>
                {t('bank.ahead')}
              </Button>
            </Group>
          ))}
        </Stack>
        {send.error !== null && <Refusal error={send.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('bank.cancel')}
          </Button>
          <Button disabled={wrong} loading={send.isPending} onClick={() => send.mutate()} data-testid="split-confirm">
            {t('bank.match')}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
