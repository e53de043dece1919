import { remainder97 } from '../payment-reference.js';

/** Without spaces, in capitals. */
export function normaliseCreditorId(text: string): string {
  return text.replace(/\s/g, '').toUpperCase();
}

/**
 * Whether the text is a SEPA creditor identifier (AT-02): country, two check digits, three characters of business code
 * that do not count, and the national part; of Portugal 13 characters in all. The check digits are ISO 7064 mod 97-10
 * over national part and country. Source: python-stdnum eu/at_02.py.
 */
export function isValidCreditorId(text: string): boolean {
  const id = normaliseCreditorId(text);
  const parts = /^([A-Z]{2})(\d{2})([A-Z0-9]{3})([A-Z0-9]{1,28})$/.exec(id);
  if (parts === null || (id.startsWith('PT') && !/^PT\d{2}[A-Z0-9]{3}\d{6}$/.test(id))) return false;
  const [, country = '', check = '', , national = ''] = parts;
  return remainder97(`${national}${country}${check}`) === 1;
}
