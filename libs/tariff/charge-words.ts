/** Who is paid: the electricity retailer, or the company that runs the billing by its contract with the condominium. */
export const PARTIES = ['retailer', 'bpo'] as const;
export type Party = (typeof PARTIES)[number];

/** The party that a text column names. Throws on any other word: the row is broken. */
export function partyOf(text: string): Party {
  const party = PARTIES.find((known) => known === text);
  if (party === undefined) throw new Error(`a line is for the unknown party "${text}"`);
  return party;
}

/** Common costs, divided among all (`per-day`, `per-month`), and those that each has of their own (the others). */
export const CHARGE_UNITS = [
  'per-day',
  'per-month',
  'per-spot-month',
  'per-kwh',
  'per-invoice',
  'percent-of-energy',
] as const;
export type ChargeUnit = (typeof CHARGE_UNITS)[number];

/** Units of common costs: one sum a month, divided among all. */
export const COMMON_UNITS: ReadonlySet<string> = new Set<ChargeUnit>(['per-day', 'per-month']);

/**
 * Among whom a common cost is divided. `own`: nobody, each has a charge of their own (not for common costs). `none`: the
 * condominium keeps the charge, of whatever unit it is.
 */
export const SHARES = ['equal', 'permillage', 'spot', 'consumption', 'own', 'none'] as const;
export type ShareBy = (typeof SHARES)[number];
