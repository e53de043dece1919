import { TextInput } from '@mantine/core';
import { useState } from 'react';

import { isValidIban } from '#libs/payments/iban.js';

import { useWords } from '../texts/language.js';

interface IbanInputProps {
  readonly value: string;
  readonly change: (iban: string) => void;
  readonly description?: string;
  /** Someone tried to send the form: what is missing is said too. */
  readonly tried?: boolean;
  readonly first?: boolean;
}

/** An account number, checked as the server checks it once one has left the field. */
export function IbanInput({ value, change, description, tried = false, first = false }: IbanInputProps) {
  const { t } = useWords();
  const [left, setLeft] = useState(false);
  const isWrong = !isValidIban(value) && (tried || (left && value.trim() !== ''));
  return (
    <TextInput
      label="IBAN"
      {...(description !== undefined && { description })}
      value={value}
      maxLength={42}
      autoComplete="off"
      spellCheck={false}
      onChange={(event) => change(event.currentTarget.value)}
      onBlur={() => setLeft(true)}
      error={isWrong && t('problem.iban-invalid')}
      {...(first && { 'data-autofocus': true })}
    />
  );
}
