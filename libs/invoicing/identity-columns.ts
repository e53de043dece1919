import type { FiscalIdentity } from './fiscal/take-identity.js';

/** What a document's row keeps of its identity. */
export function identityColumns(identity: FiscalIdentity) {
  return {
    series_id: identity.seriesId,
    number: identity.number,
    number_text: identity.numberText,
    issued_at: identity.issuedAt,
    issue_date: identity.issueDate,
    system_entry: identity.systemEntry,
    atcud: identity.atcud,
    hash: identity.hash,
    hash_control: identity.hashControl,
    software_certificate: identity.softwareCertificate,
  };
}
