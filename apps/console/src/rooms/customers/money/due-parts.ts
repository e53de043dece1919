import type { DueInvoice, Money } from '#apps/backoffice/api-types.js';

export type DuePart = 'overdue' | 'open' | 'debited';

export const sumOf = (due: readonly Pick<DueInvoice, 'dueCents'>[]): number =>
  due.reduce((sum, { dueCents }) => sum + dueCents, 0);

/** What is due in cents, by how it stands on a day (yyyy-mm-dd): what is at the bank already is late no more. */
export function dueParts(
  due: readonly DueInvoice[],
  today: string,
): { readonly part: DuePart; readonly cents: number }[] {
  const of = (part: DuePart) => ({ part, cents: sumOf(due.filter((invoice) => partOf(invoice, today) === part)) });
  return [of('overdue'), of('open'), of('debited')].filter(({ cents }) => cents > 0);
}

function partOf({ debitInFlight, dueDate }: DueInvoice, today: string): DuePart {
  if (debitInFlight) return 'debited';
  return dueDate < today ? 'overdue' : 'open';
}

/** Whether a voucher or a question on a telephone is out for this invoice: paid again now, it may be paid twice. */
export const isPromised = ({ underWay }: Pick<Money, 'underWay'>, { number }: Pick<DueInvoice, 'number'>): boolean =>
  underWay.some(({ kind, state, numbers }) => kind === 'checkout' && state === 'pending' && numbers.includes(number));

/** What is offered to be paid at once. */
export const payableOf = (money: Pick<Money, 'due' | 'underWay'>): DueInvoice[] =>
  money.due.filter((invoice) => !invoice.debitInFlight && invoice.currency === 'EUR' && !isPromised(money, invoice));
