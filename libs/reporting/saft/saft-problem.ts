/** What in a SAF-T file is not as the database has it. */
export interface SaftProblem {
  readonly code:
    | 'HEADER.DIFFERS'
    /** A count or sum of a section: as said, of its documents, of the database. */
    | 'TOTAL.DIFFERS'
    | 'DOCUMENT.UNKNOWN'
    /** The month has it, the file has not. */
    | 'DOCUMENT.MISSING'
    /** A field is not as it was issued. */
    | 'DOCUMENT.DIFFERS'
    /** Its own lines do not add up to it. */
    | 'DOCUMENT.SUM_WRONG'
    | 'SERIES.GAP'
    /** A number twice, or out of order. */
    | 'SERIES.ORDER'
    | 'DOCUMENT.KEY_UNKNOWN'
    /** What the file says was not signed so, or does not follow the document before it. */
    | 'DOCUMENT.HASH_INVALID';
  /** The document's number, the series, or the field. */
  readonly subject: string;
  /** Line of the file; null where it is about the whole. */
  readonly line: number | null;
  readonly detail: string;
}
