import { isValidNif } from '../../registry/nif.js';

/** The number that stands for whoever gave none (AT: consumidor final). */
export const FINAL_CONSUMER_NIF = '999999990';

/** SAF-T (PT) 1.04_01: CustomerTaxID has at most 30 characters. */
const FOREIGN_LENGTH = 30;

export type TaxNumber =
  | { readonly number: string; readonly isFinalConsumer: boolean }
  | { readonly refused: { readonly code: 'CUSTOMER.NIF_INVALID'; readonly nif: string } };

/**
 * The tax number that a document states for a customer: a Portuguese one is checked, one of another country is taken as
 * it is, and who gave none is a final consumer.
 */
export function taxNumberOf(customer: { readonly nif: string | null; readonly country: string }): TaxNumber {
  const nif = customer.nif?.trim() ?? '';
  if (nif === '' || nif === FINAL_CONSUMER_NIF) return { number: FINAL_CONSUMER_NIF, isFinalConsumer: true };
  const isValid = customer.country === 'PT' ? isValidNif(nif) : nif.length <= FOREIGN_LENGTH;
  return isValid ? { number: nif, isFinalConsumer: false } : { refused: { code: 'CUSTOMER.NIF_INVALID', nif } };
}
