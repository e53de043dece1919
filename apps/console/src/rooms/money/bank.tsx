import { Select, Stack } from '@mantine/core';
import { IconBuildingBank } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { bankIssuersQuery } from '../../api/queries.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';
import { BankLines } from './bank-lines.js';
import { SepaFiles } from './sepa-files.js';
import { StatementUploadCard } from './statement-upload.js';

/** An issuer's bank account: statements in, whose money it is, direct debit files out. */
export function Bank() {
  const { t } = useWords();
  const issuers = useQuery(bankIssuersQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  if (issuers.isError) return <ErrorNotice error={issuers.error} retry={() => void issuers.refetch()} />;
  if (issuers.data === undefined) return <RowsLoading />;
  const issuer = issuers.data.find(({ issuerId }) => issuerId === chosen) ?? issuers.data[0];
  if (issuer === undefined) {
    return <EmptyState icon={IconBuildingBank} title={t('bank.no-issuer')} help={t('bank.no-issuer.help')} />;
  }
  const { issuerId } = issuer;
  return (
    <Stack gap="lg">
      {issuers.data.length > 1 && (
        <Select
          label={t('bank.issuer')}
          data={issuers.data.map((each) => ({ value: each.issuerId, label: labelOf(each) }))}
          value={issuerId}
          onChange={setChosen}
          allowDeselect={false}
          maw={420}
        />
      )}
      <StatementUploadCard key={`upload/${issuerId}`} issuerId={issuerId} />
      <BankLines key={`lines/${issuerId}`} issuerId={issuerId} />
      {issuer.ownBank && <SepaFiles key={`files/${issuerId}`} issuerId={issuerId} />}
    </Stack>
  );
}

const labelOf = ({ name, accountLast4 }: { readonly name: string; readonly accountLast4: string | null }): string =>
  accountLast4 === null ? name : `${name} · …${accountLast4}`;
