import { Text } from '@mantine/core';

import type { Transfer } from '#apps/backoffice/api-types.js';

import { useWords } from '../../../texts/language.js';
import { CopyValue, inFours } from './copy-value.js';

import classes from './money.module.css';

interface TransferDataProps {
  readonly transfer: Transfer | null;
  readonly amountCents: number | null;
  readonly currency: string;
}

/** What a bank transfer needs, to copy piece by piece. */
export function TransferData({ transfer, amountCents, currency }: TransferDataProps) {
  const { t, money } = useWords();
  if (transfer === null) return <Text size="sm">{t('my-money.transfer.none')}</Text>;
  return (
    <div data-testid="transfer-data">
      <Text size="sm" c="dimmed" mb="xs">
        {t('my-money.transfer.help')}
      </Text>
      <dl className={classes.copies}>
        <CopyValue label={t('my-money.transfer.holder')} shown={transfer.holder} />
        <CopyValue label="IBAN" shown={inFours(transfer.iban)} value={transfer.iban} />
        <CopyValue
          label={t('my-money.transfer.reference')}
          shown={inFours(transfer.reference)}
          value={transfer.reference}
        />
        {amountCents !== null && <CopyValue label={t('my-money.amount')} shown={money(amountCents, currency)} />}
      </dl>
    </div>
  );
}
