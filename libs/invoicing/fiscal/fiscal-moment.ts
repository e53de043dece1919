/** The moment of issue of a fiscal document, as it is signed and printed. */
export interface FiscalMoment {
  /** Never before the last document of the series. */
  readonly issuedAt: Date;
  /** Local time in the issuer's zone, YYYY-MM-DDTHH:MM:SS; never before the last one of the series. */
  readonly systemEntry: string;
  /** Local day in the issuer's zone, yyyy-mm-dd. */
  readonly issueDate: string;
}

/** When the last document of a series was issued. */
export interface LastMoment {
  readonly issuedAt: Date;
  /** null: it was issued before system entries were kept, or by an issuer outside Portugal */
  readonly systemEntry: string | null;
}

/**
 * When a document of a series is issued. An issuer has one zone for all of its documents, whatever zone an installation
 * is in, so that dates rise with numbers (Despacho 8632/2014: documents are signed in their order). Whoever waited for
 * another one's lock is dated no earlier than that one; in the hour that the clock is put back the local time stands
 * still rather than fall.
 */
export function fiscalMoment(now: Date, timeZone: string, last: LastMoment | null): FiscalMoment {
  const issuedAt = last !== null && last.issuedAt > now ? last.issuedAt : now;
  const local = localSecond(issuedAt, timeZone);
  const before = last?.systemEntry ?? '';
  const systemEntry = before > local ? before : local;
  return { issuedAt, systemEntry, issueDate: systemEntry.slice(0, 10) };
}

/** An instant as SAF-T writes it: local, to the second, without a zone. */
export function localSecond(at: Date, timeZone: string): string {
  const local = Temporal.Instant.fromEpochMilliseconds(at.getTime()).toZonedDateTimeISO(timeZone).toPlainDateTime();
  return local.toString({ smallestUnit: 'second', roundingMode: 'trunc' });
}
