/** What an account is for; the first part of its code. */
export const ACCOUNT_KINDS = [
  'receivable',
  'prepaid',
  'recovered',
  'fees',
  'vat',
  'processor',
  'processor-fees',
  'bank',
  'unmatched',
  'write-off',
  'interest',
  'rounding',
] as const;
export type AccountKind = (typeof ACCOUNT_KINDS)[number];

/** An account by its code; its row is made when something is first posted to it. */
export interface Account {
  /** `receivable/1001`; books in another currency than the euro carry it: `receivable/1001@GBP`. */
  readonly code: string;
  readonly kind: AccountKind;
  readonly currency: string;
  readonly customerId: string | null;
  readonly condominiumId: string | null;
}

function account(kind: AccountKind, owner: string, currency: string, links: Partial<Account> = {}): Account {
  const suffix = currency === 'EUR' ? '' : `@${currency}`;
  return { code: `${kind}/${owner}${suffix}`, kind, currency, customerId: null, condominiumId: null, ...links };
}

/** What a customer owes: debit is owed, credit is overpaid. */
export function receivable(customerId: string, currency = 'EUR'): Account {
  return account('receivable', customerId, currency, { customerId });
}

/** What a customer has paid ahead: a debt of ours, so a balance in the customer's favour is a credit. */
export function prepaid(customerId: string, currency = 'EUR'): Account {
  return account('prepaid', customerId, currency, { customerId });
}

/** What is recovered for a condominium, net of VAT (credit), less what was paid out to it (debit). */
export function recovered(condominiumId: string, currency = 'EUR'): Account {
  return account('recovered', condominiumId, currency, { condominiumId });
}

/** The BPO's own fees by its contract with the condominium, net of VAT (credit). */
export function fees(issuerId: string, currency = 'EUR'): Account {
  return account('fees', issuerId, currency);
}

/** VAT charged at one rate (credit). */
export function vat(ratePermyriad: number, currency = 'EUR'): Account {
  return account('vat', String(ratePermyriad), currency);
}

/** What the payment provider holds for us (debit). */
export function processor(name: 'stripe', currency = 'EUR'): Account {
  return account('processor', name, currency);
}

/** What the payment provider kept of an issuer's money for its service (debit). */
export function processorFees(issuerId: string, currency = 'EUR'): Account {
  return account('processor-fees', issuerId, currency);
}

/** What is in an issuer's bank account (debit). */
export function bank(issuerId: string, currency = 'EUR'): Account {
  return account('bank', issuerId, currency);
}

/** What came to an issuer's bank account and has found no debt yet: owed to whoever sent it (credit). */
export function unmatched(issuerId: string, currency = 'EUR'): Account {
  return account('unmatched', issuerId, currency);
}

/** What a condominium's customers will never pay (debit). */
export function writeOff(condominiumId: string, currency = 'EUR'): Account {
  return account('write-off', condominiumId, currency, { condominiumId });
}

/** Interest on late payment, charged for a condominium (credit). No VAT is due on it (CIVA art. 16.º n.º 6 a). */
export function interest(condominiumId: string, currency = 'EUR'): Account {
  return account('interest', condominiumId, currency, { condominiumId });
}

/**
 * Cents that neither side of a settlement owns (debit or credit). It stays at zero, and nothing posts to it: VAT, shares
 * and percentages are rounded once, and every total is the sum of what was rounded, so no cent is left over
 * (documents.property.test.ts proves it of invoices, credit notes and payouts). It is there for a settlement that would
 * leave one, in another currency say: such a cent has to show, not to hide in an account of somebody's.
 */
export function rounding(issuerId: string, currency = 'EUR'): Account {
  return account('rounding', issuerId, currency);
}
