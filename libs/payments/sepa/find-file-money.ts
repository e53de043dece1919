/** Money of our own files on a statement: which debits a line is of. Pure. */
export interface PresentedDebit {
  readonly attemptId: string;
  readonly endToEndId: string;
  readonly paymentInformationId: string;
  readonly amountCents: number;
  readonly state: string;
}

export interface PresentedBatch {
  readonly messageId: string;
  readonly collectionDate: string;
  /** Those that no statement's line has credited yet; rejected ones are none. */
  readonly debits: readonly PresentedDebit[];
}

export interface FileLine {
  readonly amountCents: number;
  readonly bookedOn: string;
  readonly text: string;
  readonly endToEndId: string | null;
  readonly paymentInformationId: string | null;
}

/** A bank credits a batch on its collection date, or some days later where a holiday of its own is between. */
const CREDITED_WITHIN_DAYS = 5;

/**
 * The debits that a credit line pays, or null: the one whose id it bears, with its amount; else a whole file or a whole
 * part of one, by its id or (only when exactly one fits) by its sum in the days after the collection. What came back
 * already may be in the sum or not: banks credit the whole and take returns back one by one.
 */
export function debitsCredited(line: FileLine, batches: readonly PresentedBatch[]): readonly PresentedDebit[] | null {
  const all = batches.flatMap(({ debits }) => debits);
  const one = all.find(({ endToEndId }) => endToEndId === line.endToEndId);
  if (one !== undefined) return one.amountCents === line.amountCents ? [one] : null;
  const fitting = batches.flatMap((batch) => groupsOf(batch).filter(({ sumCents }) => sumCents === line.amountCents));
  const words = line.text.toUpperCase();
  const named = fitting.filter(
    ({ ids }) =>
      ids.some((id) => id === line.paymentInformationId) || ids.some((id) => words.includes(id.toUpperCase())),
  );
  const [first, ...others] = named.length > 0 ? named : fitting.filter(({ batch }) => isNear(line, batch));
  return first === undefined || others.length > 0 ? null : first.debits;
}

function isNear({ bookedOn }: FileLine, { collectionDate }: PresentedBatch): boolean {
  const last = Temporal.PlainDate.from(collectionDate).add({ days: CREDITED_WITHIN_DAYS }).toString();
  return bookedOn >= collectionDate && bookedOn <= last;
}

interface Group {
  readonly batch: PresentedBatch;
  readonly ids: readonly string[];
  readonly debits: readonly PresentedDebit[];
  readonly sumCents: number;
}

function groupsOf(batch: PresentedBatch): Group[] {
  const parts = [...new Set(batch.debits.map(({ paymentInformationId }) => paymentInformationId))];
  const sets = [
    { ids: [batch.messageId], debits: batch.debits },
    ...parts.map((id) => ({ ids: [id], debits: batch.debits.filter((debit) => debit.paymentInformationId === id) })),
  ];
  const groups = sets.flatMap(({ ids, debits }) => [
    { ids, debits },
    { ids, debits: debits.filter(({ state }) => state !== 'returned') },
  ]);
  const distinct = new Map<string, Group>();
  for (const { ids, debits } of groups) {
    const key = debits.map(({ attemptId }) => attemptId).join();
    const sumCents = debits.reduce((sum, { amountCents }) => sum + amountCents, 0);
    const known = distinct.get(key);
    distinct.set(key, { batch, ids: [...(known?.ids ?? []), ...ids], debits, sumCents });
  }
  return [...distinct.values()].filter(({ debits }) => debits.length > 0);
}
