import {
  Alert,
  Button,
  Checkbox,
  Group,
  Modal,
  SegmentedControl,
  Stack,
  Text,
  Textarea,
  TextInput,
} from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';

import type { CreditDocument, CreditedDocument, FiscalDocumentDetail } from '#apps/backoffice/api-types.js';

import { Intent } from '../../api/intent.js';
import { documentQuery } from '../../api/queries.js';
import { write } from '../../api/request.js';
import { parseAmountCents } from '../../format/numbers.js';
import { sayDone } from '../../parts/action-dialog.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';

interface CreditDialogProps {
  readonly documentId: string;
  readonly close: () => void;
}

/** Gives an invoice back, whole or by lines, after showing what will come of it. */
export function CreditDialog({ documentId, close }: CreditDialogProps) {
  const { t } = useWords();
  const document = useQuery(documentQuery(documentId));
  return (
    <Modal opened onClose={close} size="lg" title={`${t('documents.credit')}: ${document.data?.number ?? ''}`}>
      {document.isError && <ErrorNotice error={document.error} retry={() => void document.refetch()} />}
      {document.isPending && <RowsLoading />}
      {document.data !== undefined && <CreditForm document={document.data} close={close} />}
    </Modal>
  );
}

/** What is typed of each line; a line without text is not given back. */
type Amounts = Readonly<Record<number, string>>;

function choiceOf(document: FiscalDocumentDetail, amounts: Amounts): CreditDocument['choice'] {
  return document.lines.flatMap(({ lineNo, leftCents }) => {
    const cents = parseAmountCents((amounts[lineNo] ?? '').replace(/^-/, ''));
    return cents === null ? [] : [{ lineNo, netCents: leftCents < 0 ? -cents : cents }];
  });
}

function CreditForm({ document, close }: { readonly document: FiscalDocumentDetail; readonly close: () => void }) {
  const { t, money } = useWords();
  const queries = useQueryClient();
  const [intent] = useState(() => new Intent());
  const [mode, setMode] = useState<'whole' | 'lines'>('whole');
  const [amounts, setAmounts] = useState<Amounts>({});
  const [reason, setReason] = useState('');
  const [reissue, setReissue] = useState(false);
  const choice = mode === 'whole' ? 'whole' : choiceOf(document, amounts);
  const wish = { choice, reason: reason.trim(), reissue: reissue && mode === 'whole' };
  const words = JSON.stringify(wish);
  const post = (dryRun: boolean, key?: string) =>
    write<CreditedDocument>('POST', `/documents/${document.documentId}/credit-note`, { ...wish, dryRun }, key);
  const preview = useMutation({ mutationFn: async () => ({ words, told: await post(true) }) });
  const issue = useMutation({
    mutationFn: () => intent.once(words, (key) => post(false, key)),
    onSuccess: async (done) => {
      if (done === null) return;
      const number = done.answer.number ?? '';
      sayDone(t('documents.credited'), wish.reissue ? `${number}. ${t('documents.credit.then')}` : number);
      close();
      await queries.invalidateQueries();
    },
  });
  const told = preview.data?.words === words ? preview.data.told : null;
  const isReady = wish.reason !== '' && (choice === 'whole' || choice.length > 0);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (told === null) preview.mutate();
    else issue.mutate();
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        <SegmentedControl
          value={mode}
          onChange={(value) => setMode(value === 'lines' ? 'lines' : 'whole')}
          data={[
            { value: 'whole', label: t('documents.credit.whole') },
            { value: 'lines', label: t('documents.credit.lines') },
          ]}
        />
        {mode === 'lines' && <Lines document={document} amounts={amounts} set={setAmounts} />}
        <Textarea
          label={t('documents.credit.reason')}
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
          required
          maxLength={500}
          data-testid="credit-reason"
        />
        {mode === 'whole' && (
          <Checkbox
            label={t('documents.credit.reissue')}
            checked={reissue}
            onChange={(event) => setReissue(event.currentTarget.checked)}
          />
        )}
        {(preview.isError || issue.isError) && <ErrorNotice error={issue.error ?? preview.error} />}
        {told !== null && (
          <Alert color="mar" data-testid="credit-preview">
            {t('documents.credit.preview', {
              amount: money(-told.grossCents, document.currency),
              due: money(told.dueCents, document.currency),
              prepaid: money(told.movedCents, document.currency),
            })}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={close}>
            {t('app.cancel')}
          </Button>
          <Button type="submit" loading={preview.isPending || issue.isPending} disabled={!isReady}>
            {told === null ? t('documents.credit.look') : t('documents.credit.issue')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface LinesProps {
  readonly document: FiscalDocumentDetail;
  readonly amounts: Amounts;
  readonly set: (amounts: Amounts) => void;
}

/** An amount without VAT for each line, at most what earlier notes left of it. */
function Lines({ document, amounts, set }: LinesProps) {
  const { t, money } = useWords();
  return (
    <Stack gap={6}>
      <Text size="sm" c="dimmed">
        {t('documents.credit.lines.help')}
      </Text>
      {document.lines
        .filter(({ leftCents }) => leftCents !== 0)
        .map(({ lineNo, label, leftCents }) => (
          <Group key={lineNo} justify="space-between" wrap="nowrap" gap="sm">
            <Text size="sm">
              {label}{' '}
              <Text span size="xs" c="dimmed">
                {money(leftCents, document.currency)}
              </Text>
            </Text>
            <TextInput
              aria-label={label}
              inputMode="decimal"
              w={110}
              value={amounts[lineNo] ?? ''}
              onChange={(event) => set({ ...amounts, [lineNo]: event.currentTarget.value })}
            />
          </Group>
        ))}
    </Stack>
  );
}
