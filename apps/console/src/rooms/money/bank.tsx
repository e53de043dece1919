import { BankLines } from './bank-lines.js';
import { StatementUploadCard } from './statement-upload.js';
import { WithIssuer } from './with-issuer.js';

/** An issuer's bank account: statements in, and whose money it is. */
export function Bank() {
  return (
    <WithIssuer>
      {({ issuerId }) => (
        <>
          <StatementUploadCard key={`upload/${issuerId}`} issuerId={issuerId} />
          <BankLines key={`lines/${issuerId}`} issuerId={issuerId} />
        </>
      )}
    </WithIssuer>
  );
}
