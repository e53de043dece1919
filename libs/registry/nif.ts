/**
 * Whether a text is a Portuguese tax number (NIF): nine digits, the first not 0, the last the check digit
 * 11 − (Σ digit × weight 9…2) mod 11, where 10 and 11 count as 0. Source: python-stdnum stdnum/pt/nif.py.
 */
export function isValidNif(text: string): boolean {
  if (!/^[1-9]\d{8}$/.test(text)) return false;
  let sum = 0;
  for (let i = 0; i < 8; i += 1) sum += Number(text[i]) * (9 - i);
  const check = 11 - (sum % 11);
  return Number(text[8]) === (check >= 10 ? 0 : check);
}
