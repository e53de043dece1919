import { NumberInput, Radio, Select, Stack, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';

import type { BankIssuer, SepaTerms } from '#apps/backoffice/api-types.js';

import { FormDialog } from '../../parts/form-dialog.js';
import { IbanInput } from '../../parts/iban-input.js';
import { useWords } from '../../texts/language.js';
import { isAfter, isDays, termsOrder, typedTerms, VERSIONS, WAYS, type TypedTerms } from './sepa-terms-typed.js';

const MOST_DAYS = 30;

interface DialogProps {
  readonly issuer: BankIssuer;
  /** What the form begins with; null: the issuer never had terms. */
  readonly before: SepaTerms | null;
  /** Whether those very terms are corrected: their first day stays. */
  readonly corrects: boolean;
  readonly close: () => void;
}

/** Says from which day, and on which terms, an issuer collects through its own bank; or that it ends. */
export function SepaTermsDialog({ issuer, before, corrects, close }: DialogProps) {
  const { t, day } = useWords();
  const client = useQueryClient();
  const [typed, setTyped] = useState(() => typedTerms(issuer, before, corrects));
  const put = (change: Partial<TypedTerms>) => setTyped((now) => ({ ...now, ...change }));
  return (
    <FormDialog
      title={corrects ? t('sepa-terms.correct.title', { day: day(typed.validFrom) }) : t('sepa-terms.new')}
      help={t(corrects ? 'sepa-terms.correct.help' : 'sepa-terms.new.help')}
      confirm={t('sepa-terms.save')}
      done={t('sepa-terms.done')}
      path="/sepa/creditors"
      body={termsOrder(issuer.issuerId, typed)}
      refresh={() => client.invalidateQueries()}
      close={close}
      testId="save-sepa-terms"
    >
      {(tried) => (
        <>
          {!corrects && (
            <TextInput
              type="date"
              label={t('sepa-terms.from')}
              value={typed.validFrom}
              onChange={(event) => put({ validFrom: event.currentTarget.value })}
              error={tried && typed.validFrom === '' && t('form.missing')}
              required
              data-autofocus
            />
          )}
          <TextInput
            type="date"
            label={t('sepa-terms.until')}
            description={t('sepa-terms.until.help')}
            value={typed.validUntil}
            onChange={(event) => put({ validUntil: event.currentTarget.value })}
            error={!isAfter(typed.validUntil, typed.validFrom) && t('problem.sepa-terms-dates')}
            {...(corrects && { 'data-autofocus': true })}
          />
          <TextInput
            label={t('sepa-terms.creditor-id')}
            description={t('sepa-terms.creditor-id.help')}
            value={typed.creditorId}
            maxLength={40}
            autoComplete="off"
            spellCheck={false}
            onChange={(event) => put({ creditorId: event.currentTarget.value })}
            error={tried && typed.creditorId.trim() === '' && t('form.missing')}
            required
          />
          <Account issuer={issuer} before={before} typed={typed} put={put} tried={tried} />
          <Rules typed={typed} put={put} tried={tried} />
        </>
      )}
    </FormDialog>
  );
}

interface FieldsProps {
  readonly typed: TypedTerms;
  readonly put: (change: Partial<TypedTerms>) => void;
  readonly tried: boolean;
}

/** An account that is not the issuer's is known by its last four alone, and is typed again. */
function Account({
  issuer: { accountLast4 },
  before,
  typed,
  put,
  tried,
}: FieldsProps & Pick<DialogProps, 'issuer' | 'before'>) {
  const { t } = useWords();
  return (
    <>
      <Radio.Group
        label={t('sepa-terms.account')}
        value={typed.account}
        onChange={(value) => put({ account: value === 'other' ? 'other' : 'issuer' })}
      >
        <Stack gap="xs" mt="xs">
          <Radio
            value="issuer"
            label={t('sepa-terms.account.issuer', { last4: accountLast4 ?? '—' })}
            disabled={accountLast4 === null}
          />
          <Radio value="other" label={t('sepa-terms.account.other')} />
        </Stack>
      </Radio.Group>
      {typed.account === 'other' && (
        <IbanInput
          value={typed.iban}
          change={(iban) => put({ iban })}
          tried={tried}
          {...(before?.ofIssuer === false && {
            description: t('sepa-terms.account.again', { last4: before.ibanLast4 }),
          })}
        />
      )}
      <TextInput
        label={t('sepa.bic')}
        description={t('sepa.bic.help')}
        value={typed.bic}
        maxLength={11}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => put({ bic: event.currentTarget.value })}
      />
    </>
  );
}

/** What the bank takes, and when its debits count as paid. */
function Rules({ typed, put, tried }: FieldsProps) {
  const { t } = useWords();
  const days = (name: 'leadDays' | 'returnWindowDays', label: string, help: string) => (
    <NumberInput
      label={label}
      description={help}
      value={typed[name]}
      min={0}
      max={MOST_DAYS}
      clampBehavior="strict"
      allowDecimal={false}
      onChange={(value) => put({ [name]: value })}
      error={tried && !isDays(typed[name]) && t('problem.sepa-terms-days')}
    />
  );
  return (
    <>
      <Select
        label={t('sepa-terms.version')}
        description={t('sepa-terms.version.help')}
        data={[...VERSIONS]}
        value={typed.version}
        onChange={(value) => put({ version: VERSIONS.find((each) => each === value) ?? typed.version })}
        allowDeselect={false}
      />
      {days('leadDays', t('sepa-terms.lead'), t('sepa-terms.lead.help'))}
      <Select
        label={t('sepa-terms.settle')}
        description={t(`sepa-terms.settle.${typed.settleBy}.help`)}
        data={WAYS.map((way) => ({ value: way, label: t(`sepa-terms.settle.${way}`) }))}
        value={typed.settleBy}
        onChange={(value) => put({ settleBy: WAYS.find((way) => way === value) ?? typed.settleBy })}
        allowDeselect={false}
      />
      {typed.settleBy === 'return-window' &&
        days('returnWindowDays', t('sepa-terms.window'), t('sepa-terms.window.help'))}
    </>
  );
}
