/** Which debit of its mandate one is: first, a further one, the last, or the only one (EPC016-06, AT-21). */
export type SequenceType = 'FRST' | 'RCUR' | 'OOFF' | 'FNAL';

/** A mandate lapses when nothing was collected under it for so long (EPC016-06, 4.1). */
const LAPSE_MONTHS = 36;

export interface MandateUse {
  readonly kind: 'recurring' | 'one-off';
  /** yyyy-mm-dd */
  readonly signedOn: string;
  /** Collection date of the last debit that was presented and not rejected before settlement; null: none yet. */
  readonly lastCollectedOn: string | null;
  /** Someone said that the next debit is the last. */
  readonly isLast: boolean;
}

export type SequenceRefusal = 'MANDATE_LAPSED' | 'MANDATE_USED' | 'MANDATE_NOT_SIGNED_YET';

/** How a debit on a day is marked, or why the mandate does not carry it. */
export function sequenceTypeOf(
  { kind, signedOn, lastCollectedOn, isLast }: MandateUse,
  collectionDate: string,
): SequenceType | { readonly refused: SequenceRefusal } {
  if (signedOn > collectionDate) return { refused: 'MANDATE_NOT_SIGNED_YET' };
  if (collectionDate >= lapsesOn({ signedOn, lastCollectedOn })) return { refused: 'MANDATE_LAPSED' };
  if (kind === 'one-off') return lastCollectedOn === null ? 'OOFF' : { refused: 'MANDATE_USED' };
  if (isLast) return 'FNAL';
  return lastCollectedOn === null ? 'FRST' : 'RCUR';
}

/** The first day, yyyy-mm-dd, on which nothing more may be collected. */
export function lapsesOn({ signedOn, lastCollectedOn }: Pick<MandateUse, 'signedOn' | 'lastCollectedOn'>): string {
  return Temporal.PlainDate.from(lastCollectedOn ?? signedOn)
    .add({ months: LAPSE_MONTHS })
    .toString();
}

/** As a debit's row has it; throws for what is none. */
export function sequenceOf(text: string | null): SequenceType {
  if (text === 'FRST' || text === 'RCUR' || text === 'FNAL' || text === 'OOFF') return text;
  throw new Error(`a debit has the unknown sequence type ${String(text)}`);
}
