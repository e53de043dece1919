import { Radio, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { SepaMandateOrder } from '#apps/backoffice/api-types.js';
import { isValidIban, normaliseIban } from '#libs/payments/iban.js';

import { dayAhead } from '../../format/dates.js';
import { FormDialog } from '../../parts/form-dialog.js';
import { IbanInput } from '../../parts/iban-input.js';
import { useWords } from '../../texts/language.js';
import { CustomerSelect } from './customer-select.js';

const KINDS: readonly SepaMandateOrder['kind'][] = ['recurring', 'one-off'];

interface Typed {
  readonly customerId: string | null;
  readonly iban: string;
  readonly bic: string;
  readonly accountHolder: string;
  readonly signedOn: string;
  readonly evidence: string;
  readonly reference: string;
  readonly kind: SepaMandateOrder['kind'];
}

const textOrNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
const isSigned = (day: string): boolean => day !== '' && day <= dayAhead(0);

/** Null while something is missing or wrong. */
function orderOf(issuerId: string, typed: Typed): SepaMandateOrder | null {
  const { customerId, iban, bic, accountHolder, signedOn, evidence, reference, kind } = typed;
  if (customerId === null || !isValidIban(iban) || !isSigned(signedOn) || evidence.trim() === '') return null;
  return {
    issuerId,
    customerId,
    iban: normaliseIban(iban),
    bic: textOrNull(bic.toUpperCase()),
    accountHolder: textOrNull(accountHolder),
    signedOn,
    evidence: evidence.trim(),
    reference: textOrNull(reference),
    kind,
  };
}

/** What a debtor has signed is put on record; it takes the place of their former mandate. */
export function SepaMandateDialog({ issuerId, close }: { readonly issuerId: string; readonly close: () => void }) {
  const { t } = useWords();
  const client = useQueryClient();
  const [typed, setTyped] = useState<Typed>(() => ({
    customerId: null,
    iban: '',
    bic: '',
    accountHolder: '',
    signedOn: dayAhead(0),
    evidence: '',
    reference: '',
    kind: 'recurring',
  }));
  const put = (change: Partial<Typed>) => setTyped((now) => ({ ...now, ...change }));
  const text = (name: 'bic' | 'accountHolder' | 'reference' | 'evidence', most: number) => ({
    value: typed[name],
    maxLength: most,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
      put({ [name]: event.currentTarget.value }),
  });
  return (
    <FormDialog
      title={t('sepa-mandate.new')}
      help={t('sepa-mandate.new.help')}
      confirm={t('sepa-mandate.save')}
      done={t('sepa-mandate.done')}
      path="/sepa/mandates"
      body={orderOf(issuerId, typed)}
      refresh={() => client.invalidateQueries()}
      close={close}
      testId="save-sepa-mandate"
    >
      {(tried) => (
        <>
          <CustomerSelect
            label={t('sepa-mandate.customer')}
            customerId={typed.customerId}
            choose={(customerId) => put({ customerId })}
            error={tried && typed.customerId === null && t('sepa-mandate.customer.missing')}
          />
          <IbanInput value={typed.iban} change={(iban) => put({ iban })} tried={tried} />
          <TextInput label={t('sepa.bic')} description={t('sepa.bic.help')} autoComplete="off" {...text('bic', 11)} />
          <TextInput
            label={t('my-money.transfer.holder')}
            description={t('sepa-mandate.holder.help')}
            autoComplete="off"
            {...text('accountHolder', 140)}
          />
          <TextInput
            type="date"
            label={t('sepa-mandate.signed-on')}
            value={typed.signedOn}
            max={dayAhead(0)}
            onChange={(event) => put({ signedOn: event.currentTarget.value })}
            error={!isSigned(typed.signedOn) && t('problem.sepa-mandate-date')}
          />
          <TextInput
            label={t('sepa-mandate.evidence')}
            description={t('sepa-mandate.evidence.help')}
            error={tried && typed.evidence.trim() === '' && t('form.missing')}
            {...text('evidence', 500)}
          />
          <TextInput
            label={t('sepa-mandate.reference')}
            description={t('sepa-mandate.reference.help')}
            autoComplete="off"
            {...text('reference', 35)}
          />
          <Radio.Group
            label={t('sepa-mandate.kind')}
            value={typed.kind}
            onChange={(value) => put({ kind: KINDS.find((kind) => kind === value) ?? 'recurring' })}
          >
            <Stack gap="xs" mt="xs">
              {KINDS.map((kind) => (
                <Radio key={kind} value={kind} label={t(`sepa-mandate.kind.${kind}`)} />
              ))}
            </Stack>
          </Radio.Group>
        </>
      )}
    </FormDialog>
  );
}
