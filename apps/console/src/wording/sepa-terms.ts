import type { SepaTerms } from '#apps/backoffice/api-types.js';

export type TermsState = 'future' | 'in-force' | 'past';

/**
 * Of an issuer's terms, the latest first, which is in force on a day (yyyy-mm-dd): the one that began last by then,
 * unless it has ended. Later ones are to come, earlier ones are past.
 */
export function termsStates(
  terms: readonly Pick<SepaTerms, 'validFrom' | 'validUntil'>[],
  today: string,
): readonly TermsState[] {
  const begun = terms.findIndex(({ validFrom }) => validFrom <= today);
  return terms.map(({ validFrom, validUntil }, index) => {
    if (validFrom > today) return 'future';
    return index === begun && (validUntil === null || validUntil > today) ? 'in-force' : 'past';
  });
}
