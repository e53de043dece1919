import { nameOf, type TextKey, type Translate } from '../texts/translate.js';

/** What the workflows answer to a command that makes no sense now (their state.ts), and how a person is told. */
const REFUSALS: readonly (readonly [refusal: RegExp, key: TextKey])[] = [
  [/^Nothing waits for approval: the month is in step (?<step>.+)$/, 'refusal.nothing-to-approve'],
  [/^The month is already held$/, 'refusal.month-held'],
  [/^The month is not held$/, 'refusal.month-not-held'],
  [/^The late readings are already waived$/, 'refusal.readings-waived'],
  [/^The period is closed: no readings are awaited any more$/, 'refusal.period-closed'],
  [/^There is nothing to try again: the (?:month|collection) is in step (?<step>.+)$/, 'refusal.nothing-to-retry'],
  [/^The (?:month|collection) is already being cancelled$/, 'refusal.being-cancelled'],
  [/^Invoices are being issued or were issued: correct them by credit notes$/, 'refusal.invoiced'],
  [/^The (?:month|collection|case) is (?:over|closed): .+$/, 'refusal.over'],
  [/^The collection is already held$/, 'refusal.collection-held'],
  [/^The collection is not held$/, 'refusal.collection-not-held'],
  [/^A debit is being processed: it can only be awaited$/, 'refusal.debit-at-bank'],
  [/^A debit is being started$/, 'refusal.debit-starting'],
  [/^The case is already paused$/, 'refusal.case-paused'],
  [/^The case is not paused$/, 'refusal.case-not-paused'],
  [/^The case is already being closed$/, 'refusal.being-closed'],
  [/^No suspension is proposed: .+$/, 'refusal.no-proposal'],
  [/^Charging is suspended already$/, 'refusal.suspended'],
  [/^A decision on the suspension is being written down$/, 'refusal.deciding'],
  [/^A debit is under way: a second one would take the money twice$/, 'refusal.debit-under-way'],
];

/** A workflow's refusal in the language of the page; null for one that nobody has worded yet. */
export function refusalText(t: Translate, refusal: string): string | null {
  for (const [pattern, key] of REFUSALS) {
    const match = pattern.exec(refusal);
    if (match === null) continue;
    const step = match.groups?.['step'];
    return t(key, { step: step === undefined ? '' : stepName(t, step) });
  }
  return null;
}

function stepName(t: Translate, step: string): string {
  const asMonth = nameOf(t, 'step', step);
  return asMonth === nameOf(t, 'none', step) ? nameOf(t, 'collection', step) : asMonth;
}
