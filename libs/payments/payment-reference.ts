/** ISO 11649: RF, two check digits, and up to so many characters of our own. */
const MOST_CHARACTERS = 21;

/**
 * The RF creditor reference (ISO 11649) by which a transfer for a document is recognised: `FT CZM2026/17` is
 * `RF0417FTCZM2026`. Number, type and series stand in this order, so that no two documents of an issuer share one: the
 * number ends where the type's letters begin. Banks carry it in the structured reference or in the free text; its check
 * digits (ISO 7064 mod 97-10) tell a typing error. Throws for what is no document number.
 */
export function paymentReference({ numberText }: { readonly numberText: string }): string {
  const parts = /^([A-Z]{2}) ([^/ ]+)\/(\d+)$/.exec(numberText);
  const [, type = '', series = '', number = ''] = parts ?? [];
  if (parts === null) throw new Error(`"${numberText}" is no document number such as FT CZM2026/17`);
  return referenceOf(`${Number(number)}${type}`, series);
}

/**
 * The reference of a customer who pays ahead, or all that is due at once: `1001` is `RF..0CL1001`. No document has the
 * number 0.
 */
export function customerReference({ customerId }: { readonly customerId: string }): string {
  return referenceOf('0CL', customerId);
}

/** The end of a name that is too long is kept: the year of a series, the number of a customer. */
function referenceOf(start: string, name: string): string {
  const plain = name.toUpperCase().replace(/[^A-Z0-9]/g, '');
  const kept = plain.slice(Math.max(0, plain.length - (MOST_CHARACTERS - start.length)));
  const body = `${start}${kept}`;
  return `RF${checkDigits(body)}${body}`;
}

/** In groups of four, as printed and read out: `RF04 17FT CZM2 026`. */
export function formatReference(reference: string): string {
  return reference.replace(/(.{4})(?=.)/g, '$1 ');
}

/** Whether the text is an RF reference with right check digits, in any case and with spaces anywhere. */
export function isValidReference(text: string): boolean {
  const reference = text.replace(/\s/g, '').toUpperCase();
  const parts = /^RF(\d{2})([A-Z0-9]{1,21})$/.exec(reference);
  return parts?.[2] !== undefined && checkDigits(parts[2]) === parts[1];
}

/** ISO 7064 mod 97-10 over the body, `RF` and `00`, letters as 10 … 35. */
function checkDigits(body: string): string {
  const rest = remainder97(`${body}RF00`);
  return String(98 - rest).padStart(2, '0');
}

/** What is left of digits and capital letters (10 … 35) divided by 97; 1 where check digits are right. */
export function remainder97(text: string): number {
  let rest = 0;
  for (const character of text) {
    const value = Number.parseInt(character, 36);
    if (Number.isNaN(value)) throw new Error(`"${text}" holds more than digits and letters`);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
