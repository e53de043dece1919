import { Select, Stack } from '@mantine/core';
import { IconBuildingBank } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';

import type { BankIssuer } from '#apps/backoffice/api-types.js';

import { bankIssuersQuery } from '../../api/queries.js';
import { EmptyState } from '../../parts/empty-state.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { useWords } from '../../texts/language.js';

/** What is shown of one issuer's account; where there are several, one of them is chosen. */
export function WithIssuer({ children }: { readonly children: (issuer: BankIssuer) => ReactNode }) {
  const { t } = useWords();
  const issuers = useQuery(bankIssuersQuery);
  const [chosen, setChosen] = useState<string | null>(null);
  if (issuers.isError) return <ErrorNotice error={issuers.error} retry={() => void issuers.refetch()} />;
  if (issuers.data === undefined) return <RowsLoading />;
  const issuer = issuers.data.find(({ issuerId }) => issuerId === chosen) ?? issuers.data[0];
  if (issuer === undefined) {
    return <EmptyState icon={IconBuildingBank} title={t('bank.no-issuer')} help={t('bank.no-issuer.help')} />;
  }
  return (
    <Stack gap="lg">
      {issuers.data.length > 1 && (
        <Select
          label={t('bank.issuer')}
          data={issuers.data.map((each) => ({ value: each.issuerId, label: labelOf(each) }))}
          value={issuer.issuerId}
          onChange={setChosen}
          allowDeselect={false}
          maw={420}
        />
      )}
      {children(issuer)}
    </Stack>
  );
}

const labelOf = ({ name, accountLast4 }: BankIssuer): string =>
  accountLast4 === null ? name : `${name} · …${accountLast4}`;
