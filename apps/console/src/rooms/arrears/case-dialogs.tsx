import { List, NumberInput, TextInput } from '@mantine/core';
import { useState } from 'react';

import type { ArrearsDetail } from '#apps/backoffice/api-types.js';

import { dayAhead } from '../../format/dates.js';
import { FormDialog } from '../../parts/form-dialog.js';
import { useWords } from '../../texts/language.js';
import { equalInstalments } from '../../wording/arrears.js';
import { useCaseRefresh } from './case-commands.js';

interface DialogProps {
  readonly detail: ArrearsDetail;
  readonly close: () => void;
}

const pathOf = (documentId: string, deed: string): string => `/arrears/${encodeURIComponent(documentId)}/${deed}`;

/** Equal instalments a month apart for exactly what is due. */
export function PlanDialog({ detail, close }: DialogProps) {
  const { t, money, day } = useWords();
  const { documentId, dueCents, currency } = detail.case;
  const refresh = useCaseRefresh();
  const [count, setCount] = useState(3);
  const [first, setFirst] = useState(() => dayAhead(14));
  const instalments = first === '' ? [] : equalInstalments(dueCents, count, first);
  return (
    <FormDialog
      title={t('arrears-plan.title')}
      help={t('arrears-plan.help', { due: money(dueCents, currency) })}
      confirm={t('arrears-plan.agree')}
      done={t('arrears-plan.done')}
      path={pathOf(documentId, 'plan')}
      body={first === '' ? null : { instalments }}
      refresh={refresh}
      close={close}
    >
      {(tried) => (
        <>
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
            error={tried && first === '' && t('form.missing')}
          />
          <List size="sm" className="cz-figures">
            {instalments.map(({ dueDate, amountCents }) => (
              <List.Item key={dueDate}>
                {t('arrears-plan.line', { date: day(dueDate), amount: money(amountCents, currency) })}
              </List.Item>
            ))}
          </List>
        </>
      )}
    </FormDialog>
  );
}

/** The formal notice went by registered post. */
export function LetterDialog({ detail, close }: DialogProps) {
  const { t } = useWords();
  const refresh = useCaseRefresh();
  const [reference, setReference] = useState('');
  const [recipient, setRecipient] = useState(detail.case.customerName);
  const [sentOn, setSentOn] = useState(() => dayAhead(0));
  const lacks = reference.trim().length < 3 || recipient.trim().length < 3 || sentOn === '';
  return (
    <FormDialog
      title={t('arrears-letter.title')}
      help={t('arrears-letter.help')}
      confirm={t('arrears-letter.save')}
      done={t('arrears-letter.done')}
      path={pathOf(detail.case.documentId, 'registered-letter')}
      body={lacks ? null : { reference, recipient, sentOn }}
      refresh={refresh}
      close={close}
    >
      {(tried) => (
        <>
          <TextInput
            label={t('arrears-letter.reference')}
            value={reference}
            onChange={(event) => setReference(event.currentTarget.value)}
            error={tried && lacks && t('arrears-letter.missing')}
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
        </>
      )}
    </FormDialog>
  );
}
