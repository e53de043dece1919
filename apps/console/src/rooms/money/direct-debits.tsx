import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';

import type { BankIssuer } from '#apps/backoffice/api-types.js';

import { sepaTermsQuery } from '../../api/queries.js';
import { ErrorNotice } from '../../parts/error-notice.js';
import { RowsLoading } from '../../parts/loading.js';
import { SepaFiles } from './sepa-files.js';
import { SepaMandates } from './sepa-mandates.js';
import { SepaTermsList } from './sepa-terms.js';
import { WithIssuer } from './with-issuer.js';

/** Direct debits by an issuer's own bank: its files, who has allowed them, and on which terms it collects. */
export function DirectDebits() {
  return <WithIssuer>{(issuer) => <OfIssuer key={issuer.issuerId} issuer={issuer} />}</WithIssuer>;
}

/** Who has no terms with a bank of its own collects through the payment provider, and has neither files nor mandates. */
function OfIssuer({ issuer }: { readonly issuer: BankIssuer }) {
  const { issuerId } = issuer;
  const terms = useQuery(sepaTermsQuery(issuerId));
  if (terms.isError) return <ErrorNotice error={terms.error} retry={() => void terms.refetch()} />;
  if (terms.data === undefined) return <RowsLoading />;
  return (
    <Stack gap="lg">
      {terms.data.length > 0 && (
        <>
          <SepaFiles issuerId={issuerId} />
          <SepaMandates issuerId={issuerId} />
        </>
      )}
      <SepaTermsList issuer={issuer} terms={terms.data} />
    </Stack>
  );
}
