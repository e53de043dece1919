import { Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { Owed, PayoutPolicyRule, SetPayoutPolicy } from '#apps/backoffice/api-types.js';

import { dayAhead } from '../../format/dates.js';
import { currencySymbol, formatScaled, parseAmountCents } from '../../format/numbers.js';
import { FormDialog } from '../../parts/form-dialog.js';
import { useWords } from '../../texts/language.js';

interface DialogProps {
  readonly party: Owed;
  /** What holds until then. */
  readonly before: PayoutPolicyRule | null;
  readonly close: () => void;
}

interface Typed {
  readonly validFrom: string;
  readonly percent: string;
  readonly perMonth: string;
  readonly day: string;
}

/** Sets fees and day of a condominium's payouts from a day on. */
export function PayoutPolicyDialog({ party, before, close }: DialogProps) {
  const { t, language } = useWords();
  const client = useQueryClient();
  const [typed, setTyped] = useState<Typed>(() => ({
    validFrom: dayAhead(0),
    percent: formatScaled(before?.feePermyriad ?? 0, 2, 2, language),
    perMonth: formatScaled(before?.feePerMonthCents ?? 0, 2, 2, language),
    day: String(before?.proposeOnDay ?? ''),
  }));
  const values = valuesOf(typed);
  const field = (name: keyof Typed, label: string, isWrong: boolean, more: object = {}) => (
    <TextInput
      label={label}
      value={typed[name]}
      onChange={(event) => {
        const { value } = event.currentTarget;
        setTyped((now) => ({ ...now, [name]: value }));
      }}
      error={isWrong && t('payout-policy.wrong')}
      {...more}
    />
  );
  const { validFrom, feePermyriad, feePerMonthCents, proposeOnDay } = values;
  const isWhole = feePermyriad !== null && feePerMonthCents !== null && proposeOnDay !== undefined && validFrom !== '';
  const { condominiumId } = party;
  const policy = isWhole ? { condominiumId, validFrom, feePermyriad, feePerMonthCents, proposeOnDay } : null;
  return (
    <FormDialog
      title={t('payout-policy.set.title', { condominium: party.condominiumName })}
      help={t('payout-policy.set.help')}
      confirm={t('payout-policy.set')}
      done={t('payout-policy.done')}
      path="/payout-policies"
      body={policy satisfies SetPayoutPolicy | null}
      refresh={() => client.invalidateQueries({ queryKey: ['payouts'] })}
      close={close}
      testId="save-payout-policy"
    >
      {() => (
        <>
          {field('validFrom', t('payout-policy.from'), validFrom === '', { type: 'date', required: true })}
          {field('percent', t('payout-policy.percent'), feePermyriad === null, {
            inputMode: 'decimal',
            rightSection: <Text c="dimmed">%</Text>,
          })}
          {field('perMonth', t('payout-policy.per-month'), feePerMonthCents === null, {
            inputMode: 'decimal',
            rightSection: <Text c="dimmed">{currencySymbol(party.currency)}</Text>,
          })}
          {field('day', t('payout-policy.day'), proposeOnDay === undefined, {
            inputMode: 'numeric',
            description: t('payout-policy.day.help'),
          })}
        </>
      )}
    </FormDialog>
  );
}

/** Null or undefined where what is typed is no value; no day at all is null. */
function valuesOf({ validFrom, percent, perMonth, day }: Typed) {
  const permyriad = parseAmountCents(percent);
  const monthly = parseAmountCents(perMonth);
  const number = Number(day);
  const isDay = /^\d{1,2}$/.test(day.trim()) && number >= 1 && number <= 31;
  return {
    validFrom,
    feePermyriad: permyriad !== null && permyriad >= 0 && permyriad <= 10_000 ? permyriad : null,
    feePerMonthCents: monthly !== null && monthly >= 0 ? monthly : null,
    proposeOnDay: day.trim() === '' ? null : isDay ? number : undefined,
  };
}
