/** What every bank of the SEPA area takes (EPC217-08, Latin character set): anything else may stop a whole file. */
const TAKEN = /[^A-Za-z0-9/\-?:().,'+ ]/g;

/** Letters without their accents, everything unknown as a full stop, cut to what the field holds. */
export function sepaText(text: string, mostCharacters: number): string {
  const plain = text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[ºª°]/g, 'o')
    .replace(/&/g, '+')
    .replace(/[–—]/g, '-')
    .replace(TAKEN, '.');
  return plain.replace(/\s+/g, ' ').trim().slice(0, mostCharacters).trim();
}

/** Identifiers are compared and sent back: at most 35 characters of the set, no slash at an end, nor two in a row. */
export function isSepaId(text: string): boolean {
  return /^[A-Za-z0-9/\-?:().,'+ ]{1,35}$/.test(text) && !/^\/|\/$|\/\/|^ | $/.test(text);
}

/** A row's id (UUID, 36 characters) as an identifier of 32: without its dashes. */
export function sepaIdOf(uuid: string): string {
  return uuid.replaceAll('-', '');
}

/** The way back; null for what is no such identifier. */
export function uuidOf(sepaId: string): string | null {
  const parts = /^([0-9a-f]{8})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{4})([0-9a-f]{12})$/i.exec(sepaId);
  return parts === null ? null : parts.slice(1).join('-').toLowerCase();
}

/** 123456 is 1234.56 */
export function amountText(cents: number): string {
  if (!Number.isSafeInteger(cents) || cents < 0) throw new RangeError(`${cents} is no amount in cents`);
  const digits = String(cents).padStart(3, '0');
  return `${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** BIC: bank, country, place, and perhaps a branch. */
export function isValidBic(text: string): boolean {
  return /^[A-Z]{6}[A-Z2-9][A-NP-Z0-9]([A-Z0-9]{3})?$/.test(text);
}
