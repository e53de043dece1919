import type { SaftRefusal } from '#libs/reporting/saft/write-saft.js';

/** Why there is no file, and what to do. */
export function saftRefusalText(refused: SaftRefusal): string {
  switch (refused.code) {
    case 'SAFT.ISSUER_NOT_FOUND':
      return `There is no issuer "${refused.issuerId}"`;
    case 'SAFT.NOT_PORTUGUESE':
      return `Issuer "${refused.issuerId}" is in ${refused.country}: SAF-T (PT) is for issuers in Portugal`;
    case 'SAFT.CURRENCY':
      return `${refused.document} is not in euros, and no rate of exchange is on record for it: SAF-T has euros alone`;
    case 'SAFT.SIGN_MIXED':
      return `${refused.document} has a net amount and a VAT of different signs, which SAF-T cannot state`;
    case 'SAFT.EXEMPTION_MISSING':
      return `${refused.document} has a line without tax and without the reason (M##) that SAF-T asks for`;
    default:
      return refused satisfies never;
  }
}
