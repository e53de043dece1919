/** The IBAN without spaces, in capitals. */
export function normaliseIban(text: string): string {
  return text.replace(/\s/g, '').toUpperCase();
}

/** An IBAN as people read it, in groups of four (ISO 13616-1). */
export function ibanInFours(iban: string, space = ' '): string {
  return iban.replace(/\s/g, '').replace(/(.{4})(?=.)/g, `$1${space}`);
}

/** Whether the text is an IBAN: its form, Portugal's length of 25, and ISO 13616 check digits (modulo 97 is 1). */
export function isValidIban(text: string): boolean {
  const iban = normaliseIban(text);
  if (!/^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$/.test(iban)) return false;
  if (iban.startsWith('PT') && !/^PT\d{23}$/.test(iban)) return false;
  const digits = (iban.slice(4) + iban.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}
