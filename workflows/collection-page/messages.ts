import type { CollectionCounts, MonthInput } from '../installation-month/messages.js';

/** A page of a month's invoices: at most {@link COLLECTIONS_PER_PAGE}, each with a collection of its own. */
export interface CollectionPageInput extends MonthInput {
  readonly page: number;
  readonly documentIds: readonly string[];
}

export interface CollectionPageResult extends CollectionCounts {
  /** Collections that were terminated from outside: a person must look. */
  readonly lost: readonly string[];
}

/** Keeps each page's history within 2,000 events (Temporal's guideline): a child costs about 8. */
export const COLLECTIONS_PER_PAGE = 200;

/** `collect/<installation>/<yyyy-mm>/<page>`; pages are numbered through all rounds of a month. */
export const collectionPageWorkflowId = (input: MonthInput, page: number): string =>
  `collect/${input.installationId}/${input.period}/${page}`;
