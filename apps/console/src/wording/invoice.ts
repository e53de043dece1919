import type { ArrearsAction, CollectionAction, Invoice } from '#apps/backoffice/api-types.js';

export type InvoiceAction = `collection:${CollectionAction | 'record-transfer'}` | `arrears:${ArrearsAction}`;

/** Commands that are refused without a reason, as the workflows' messages say. */
export const invoiceActionNeedsReason = (action: InvoiceAction): boolean =>
  ['collection:hold', 'collection:cancel', 'arrears:pause', 'arrears:waive', 'arrears:decline-suspension'].includes(
    action,
  );

const COLLECTION_OVER: ReadonlySet<string> = new Set(['settled', 'handed-to-arrears', 'cancelled']);

/** Which commands make sense for an invoice as it stands, in the order of a menu. The workflow has the last word. */
export function invoiceActions(invoice: Invoice): InvoiceAction[] {
  const actions: InvoiceAction[] = [];
  const { collection, arrears } = invoice;
  if (collection !== null && !COLLECTION_OVER.has(collection.step)) {
    if (collection.step === 'parked') actions.push('collection:retry');
    else actions.push(collection.held ? 'collection:release' : 'collection:hold');
    // A debit at the bank can only be awaited.
    if (collection.step !== 'processing') actions.push('collection:cancel');
  }
  if (arrears !== null && arrears.outcome === null) {
    if (arrears.stage !== 'parked') actions.push(arrears.pausedReason === null ? 'arrears:pause' : 'arrears:resume');
    if (invoice.method === 'direct-debit' || arrears.stage === 'parked') actions.push('arrears:retry');
    if (arrears.stage === 'suspension-proposed') {
      actions.push('arrears:approve-suspension', 'arrears:decline-suspension');
    }
    actions.push('arrears:waive');
  }
  if (invoice.dueCents > 0) actions.unshift('collection:record-transfer');
  return actions;
}

/** It will not get on by itself: parked, or held by a person. As the back office counts them (invoices.needPerson). */
export function needsPerson({ collection, arrears, dueCents }: Invoice): boolean {
  if (dueCents <= 0) return false;
  if (arrears !== null) return arrears.outcome === null && arrears.stage === 'parked';
  return collection !== null && (collection.step === 'parked' || collection.held);
}

export type MoneyPlace = 'collected' | 'processing' | 'arrears' | 'open';
export const MONEY_PLACES: readonly MoneyPlace[] = ['collected', 'processing', 'arrears', 'open'];

/** Where a month's invoiced money is: what is due counts by the invoice's state, the rest has come in. Sums to gross. */
export function moneyPicture(
  invoices: readonly Pick<Invoice, 'grossCents' | 'dueCents' | 'state'>[],
): Record<MoneyPlace, number> {
  const picture: Record<MoneyPlace, number> = { collected: 0, processing: 0, arrears: 0, open: 0 };
  for (const invoice of invoices) {
    const dueCents = Math.max(0, Math.min(invoice.dueCents, invoice.grossCents));
    picture.collected += invoice.grossCents - dueCents;
    picture[placeOfDebt(invoice.state)] += dueCents;
  }
  return picture;
}

function placeOfDebt(state: Invoice['state']): MoneyPlace {
  switch (state) {
    case 'processing':
      return 'processing';
    case 'arrears':
    case 'disputed':
      return 'arrears';
    case 'open':
    case 'partly-paid':
    case 'paid':
      return 'open';
    default:
      return never(state);
  }
}

function never(state: never): MoneyPlace {
  throw new Error(`Unknown invoice state ${String(state)}`);
}
